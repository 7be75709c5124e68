using System.Globalization;
using IMDD.Learning.Datasets.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>Class names of a YOLO data set, by number.</summary>
public sealed class YoloNames
{
    private readonly SortedDictionary<int, string> _names = [];

    /// <summary>The name; <c>class 3</c> where the data set gives none.</summary>
    public string Of(int index) => _names.TryGetValue(index, out var name) ? name : $"class {index}";

    /// <summary>From <c>data.yaml</c> (a list or a mapping) or <c>classes.txt</c> (a line each).</summary>
    public static YoloNames Read(DatasetFolder folder, SampleSink sink)
    {
        YoloNames names = new();
        if (folder.Has("data.yaml"))
        {
            sink.Try("data.yaml", () => names.FromYaml(folder.ReadText("data.yaml")));
        }
        else if (folder.Has("classes.txt"))
        {
            sink.Try("classes.txt", () =>
            {
                foreach (var line in folder.ReadText("classes.txt").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
                {
                    names._names[names._names.Count] = line;
                }
            });
        }

        return names;
    }

    private void FromYaml(string text)
    {
        const int maxBytes = 1 << 20;
        if (text.Length > maxBytes)
        {
            throw new AnnotationException($"It has {text.Length} characters: expected at most {maxBytes}.");
        }

        try
        {
            CheckDepth(text);
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode root
                || !root.Children.TryGetValue(new YamlScalarNode("names"), out var names))
            {
                throw new AnnotationException("It has no 'names'.");
            }

            switch (names)
            {
                case YamlSequenceNode list:
                    foreach (var item in list.Children)
                    {
                        _names[_names.Count] = Scalar(item);
                    }

                    break;
                case YamlMappingNode map:
                    foreach (var (key, value) in map.Children)
                    {
                        _names[int.TryParse(Scalar(key), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                            ? index
                            : throw new AnnotationException($"'{Scalar(key)}' in 'names' is not a class number.")] = Scalar(value);
                    }

                    break;
                default:
                    throw new AnnotationException("'names' is neither a list nor a mapping.");
            }
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            // Of some malformed texts the scanner says only that its state is not valid.
            throw new AnnotationException($"It is not valid YAML: {e.Message}", e);
        }
    }

    /// <summary>Loading recurses, and a text of brackets alone would end the process; the parser's events do not.</summary>
    private static void CheckDepth(string text)
    {
        const int maxDepth = 64;
        Parser parser = new(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current switch
            {
                MappingStart or SequenceStart => 1,
                MappingEnd or SequenceEnd => -1,
                _ => 0,
            };
            if (depth > maxDepth)
            {
                throw new AnnotationException($"It is nested more than {maxDepth} deep.");
            }
        }
    }

    private static string Scalar(YamlNode node) => node is YamlScalarNode { Value: { } value } ? value : throw new AnnotationException("'names' holds something that is not text.");
}
