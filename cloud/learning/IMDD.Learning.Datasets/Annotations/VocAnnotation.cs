using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>Pascal VOC XML. <c>path</c> is a path of somebody else's machine and is not read.</summary>
/// <param name="FileName">As written; often without extension. Null when absent.</param>
/// <param name="Boxes">Corner coordinates as written, max exclusive here.</param>
public sealed record VocAnnotation(string? FileName, IReadOnlyList<AnnotatedBox> Boxes)
{
    private const int MaxObjects = 100_000;

    /// <summary>Parses one file; no DTD, no entities, no outside reference.</summary>
    /// <exception cref="AnnotationException">Not VOC XML.</exception>
    public static VocAnnotation Parse(byte[] xml)
    {
        try
        {
            var settings = new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = DatasetFolder.MaxAnnotationBytes,
            };
            using var reader = new DepthLimitedXmlReader(XmlReader.Create(new MemoryStream(xml), settings));
            var root = XDocument.Load(reader).Root!;
            if (root.Name.LocalName != "annotation")
            {
                throw new AnnotationException($"Its root is <{root.Name.LocalName}>: expected <annotation>.");
            }

            var objects = root.Elements("object").ToList();
            return objects.Count > MaxObjects
                ? throw new AnnotationException($"It has {objects.Count} objects: expected at most {MaxObjects}.")
                : new VocAnnotation(root.Element("filename")?.Value.Trim(), [.. objects.Select(Box)]);
        }
        catch (XmlException e)
        {
            throw new AnnotationException($"It is not well-formed XML: {e.Message}", e);
        }
    }

    private static AnnotatedBox Box(XElement item, int index)
    {
        var name = item.Element("name")?.Value.Trim();
        if (string.IsNullOrEmpty(name))
        {
            throw new AnnotationException($"Object {index} has no <name>.");
        }

        var box = item.Element("bndbox") ?? throw new AnnotationException($"Object {index} ('{name}') has no <bndbox>.");
        double x1 = Corner(box, "xmin"), y1 = Corner(box, "ymin"), x2 = Corner(box, "xmax"), y2 = Corner(box, "ymax");
        return x2 > x1 && y2 > y1
            ? new AnnotatedBox(name, x1, y1, x2 - x1, y2 - y1)
            : throw new AnnotationException($"Object {index} ('{name}') has an empty box ({x1}, {y1}) to ({x2}, {y2}).");
    }

    private static double Corner(XElement box, string name)
        => double.TryParse(box.Element(name)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value) && Math.Abs(value) <= GeometryLimits.MaxCoordinate
            ? value
            : throw new AnnotationException($"<{name}> is '{box.Element(name)?.Value}': expected a pixel coordinate.");
}
