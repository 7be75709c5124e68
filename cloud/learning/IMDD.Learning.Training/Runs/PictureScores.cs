namespace IMDD.Learning.Training.Runs;

/// <summary>What a network made of one picture whose truth is known.</summary>
/// <param name="Logits">Pixel logits of the cells that belong to the picture, row-major; none where pixels have no truth.</param>
/// <param name="Columns">Cells in a row.</param>
/// <param name="Labels">True where at least a quarter of the cell is defective.</param>
/// <param name="Pooled">The picture's pooled logit.</param>
/// <param name="IsDefective">Truth of the picture.</param>
/// <param name="Truth">Its class where it has exactly one; -1 else.</param>
/// <param name="Named">The class that its truly defective cells were given, by mean score, or where they are not marked those around its peak; -1 where none can be told.</param>
/// <param name="RowScore">Mean score of the true class's row where it was best; null where it never was.</param>
internal sealed record PictureScores(float[] Logits, int Columns, bool[] Labels, float Pooled, bool IsDefective, int Truth, int Named, double? RowScore);
