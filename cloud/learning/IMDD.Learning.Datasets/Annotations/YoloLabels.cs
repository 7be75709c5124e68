using System.Globalization;
using IMDD.Learning.Datasets.Files;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>
/// YOLO text: one object a line, a class number and relative coordinates 0…1. Four numbers are a box (centre, size), eight or more an
/// outline; both may stand in one file, and an empty file means that nothing is wrong.
/// </summary>
public static class YoloLabels
{
    private const double Slack = 0.01;

    /// <summary>Parses one file.</summary>
    /// <exception cref="AnnotationException">A line is malformed; the message has its number.</exception>
    public static IReadOnlyList<YoloLabel> Parse(string text)
    {
        List<YoloLabel> labels = [];
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var fields = line.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
            {
                continue;
            }

            if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var classIndex))
            {
                throw new AnnotationException($"Line {number}: '{fields[0]}' is not a class number.");
            }

            var values = new double[fields.Length - 1];
            for (var i = 0; i < values.Length; i++)
            {
                if (!double.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])
                    || values[i] is not (>= -Slack and <= 1 + Slack))
                {
                    throw new AnnotationException($"Line {number}: '{fields[i + 1]}' is not a relative coordinate of 0 to 1.");
                }
            }

            labels.Add(values.Length == 4 || (values.Length >= 6 && values.Length % 2 == 0 && values.Length <= 2 * GeometryLimits.MaxPoints)
                ? new YoloLabel(classIndex, values)
                : throw new AnnotationException($"Line {number} has {values.Length} coordinates: expected 4, or an even number of at least 6."));
        }

        return labels;
    }
}
