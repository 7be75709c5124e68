namespace IMDD.Cli.Quality;

/// <summary>How a measurement is made.</summary>
internal enum QualityMeasure
{
    /// <summary>As <c>imdd eval</c> does, with the exported bundle in ONNX Runtime.</summary>
    Eval,

    /// <summary>As <c>imdd train naming</c> does: new names need the text encoder, which is not exported.</summary>
    Naming,
}
