using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Training.Models;
using OpenCvSharp;

namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// Reads samples into memory. A defective picture's truth is its mask, else its polygons, else its boxes filled; one without any of them is labelled
/// as a whole only.
/// </summary>
public sealed class PictureLoader(IImageDecoder decoder, Vocabulary vocabulary, IReadOnlyList<TrainedClass> classes)
{
    private const int MaxAnchors = 256;

    private static readonly DecodeLimits Limits = new(MaxBytes: 256L << 20);

    private readonly List<FileProblem> _problems = [];

    /// <summary>Samples that could not be used so far, and why.</summary>
    public IReadOnlyList<FileProblem> Problems => _problems;

    /// <summary>The picture of a sample; null when it cannot be used, which is then among the problems.</summary>
    public TrainingPicture? Load(DatasetSample sample, int dataset)
    {
        try
        {
            using var image = decoder.Decode(File.ReadAllBytes(sample.ImagePath), Limits);
            var (width, height) = (image.Width, image.Height);
            var picture = new TrainingPicture
            {
                Id = sample.Id,
                Dataset = dataset,
                Weight = sample.Weight,
                Width = width,
                Height = height,
                Rgb = image.Pixels.ToArray(),
                Reference = sample.ReferencePath is { } path ? ReadReference(path, width, height) : null,
                ClassIndices = [],
            };
            return sample.IsAnomalous ? WithTruth(picture, sample) : picture;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException or AnnotationException)
        {
            _problems.Add(new FileProblem(sample.Id, e.Message));
            return null;
        }
    }

    private byte[] ReadReference(string path, int width, int height)
    {
        using var reference = decoder.Decode(File.ReadAllBytes(path), Limits);
        return reference.Width == width && reference.Height == height
            ? reference.Pixels.ToArray()
            : throw new AnnotationException($"The reference has {reference.Width}×{reference.Height} pixels: expected {width}×{height}, the picture's.");
    }

    private TrainingPicture? WithTruth(TrainingPicture picture, DatasetSample sample)
    {
        var shown = sample.Classes.Select(IndexOf).Where(i => i >= 0).Distinct().Order().ToList();
        var classOf = Shapes(sample, picture.Width, picture.Height);
        byte[] mask;
        if (sample.Mask is { } file)
        {
            var read = MaskReader.Read(file);
            if (read.Width != picture.Width || read.Height != picture.Height)
            {
                throw new AnnotationException($"The mask has {read.Width}×{read.Height} pixels: expected {picture.Width}×{picture.Height}, the picture's.");
            }

            mask = Array.ConvertAll(read.Mask, m => m ? byte.MaxValue : (byte)0);
        }
        else if (sample.Polygons.Count + sample.Boxes.Count > 0)
        {
            mask = Array.ConvertAll(classOf, c => c.Defective ? byte.MaxValue : (byte)0);
        }
        else
        {
            return picture with { WholeLabel = true, ClassIndices = shown };
        }

        var only = shown.Count == 1 && sample.Classes.Count == 1 ? (byte)(shown[0] + 1) : TrainingPicture.NoClass;
        var classPlane = new byte[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            classPlane[i] = mask[i] == 0 ? TrainingPicture.NoClass : classOf[i].Class is var own and not TrainingPicture.NoClass ? own : only;
        }

        var anchors = AnchorsOf(mask, classPlane);
        if (anchors.Count == 0)
        {
            _problems.Add(new FileProblem(sample.Id, "It is labelled as defective, but no pixel of it is."));
            return null;
        }

        return picture with
        {
            Mask = mask,
            Classes = classPlane,
            ClassIndices = shown,
            Anchors = anchors,
            IsOutlined = sample.Mask is not null || sample.Polygons.Count > 0,
            Boxes = sample.Boxes.Count > 0
                ? [.. sample.Boxes.Select(box => Box.At(box.X, box.Y, box.Width, box.Height))]
                : [.. sample.Polygons.GroupBy(p => (object?)p.Part ?? p).Select(Around)],
        };
    }

    /// <summary>The box around the parts of one object.</summary>
    private static Box Around(IEnumerable<AnnotatedPolygon> parts)
    {
        var points = parts.SelectMany(part => part.Points.Chunk(2)).ToList();
        return new Box(points.Min(p => p[0]), points.Min(p => p[1]), points.Max(p => p[0]) + 1, points.Max(p => p[1]) + 1);
    }

    private int IndexOf(string label)
    {
        var id = vocabulary.Resolve(label) ?? label;
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Polygons and boxes drawn, with their classes; the smaller ones last, so that they are not hidden.</summary>
    private (bool Defective, byte Class)[] Shapes(DatasetSample sample, int width, int height)
    {
        var planes = new (bool, byte)[width * height];
        if (sample.Polygons.Count + sample.Boxes.Count == 0)
        {
            return planes;
        }

        using Mat drawn = new(height, width, MatType.CV_16UC1, Scalar.All(0));
        foreach (var polygon in sample.Polygons.OrderByDescending(p => p.Area()))
        {
            var points = new Point[polygon.Points.Count / 2];
            for (var i = 0; i < points.Length; i++)
            {
                points[i] = new Point((int)Math.Round(polygon.Points[2 * i]), (int)Math.Round(polygon.Points[2 * i + 1]));
            }

            Cv2.FillPoly(drawn, [points], Scalar.All(IndexOf(polygon.Class) + 2));
        }

        // A polygon says more than the box around it.
        IEnumerable<AnnotatedBox> boxes = sample.Polygons.Count > 0 ? [] : sample.Boxes.OrderByDescending(b => b.Width * b.Height);
        foreach (var box in boxes)
        {
            var (left, top) = ((int)Math.Round(box.X), (int)Math.Round(box.Y));
            var (right, bottom) = ((int)Math.Round(box.X + box.Width), (int)Math.Round(box.Y + box.Height));
            Cv2.Rectangle(drawn, new Point(left, top), new Point(Math.Max(left, right - 1), Math.Max(top, bottom - 1)), Scalar.All(IndexOf(box.Class) + 2), -1);
        }

        // 0: nothing; 1: a defect of no known class; above: class + 2.
        drawn.GetArray(out ushort[] values);
        return Array.ConvertAll(values, v => (v > 0, v > 1 ? (byte)(v - 1) : TrainingPicture.NoClass));
    }

    private static List<int[]> AnchorsOf(byte[] mask, byte[] classPlane)
    {
        SortedDictionary<byte, List<int>> byClass = [];
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] != 0)
            {
                if (!byClass.TryGetValue(classPlane[i], out var pixels))
                {
                    byClass[classPlane[i]] = pixels = [];
                }

                pixels.Add(i);
            }
        }

        return [.. byClass.Values.Select(Thin)];
    }

    /// <summary>Evenly over the pixels in their order.</summary>
    private static int[] Thin(List<int> pixels)
    {
        var kept = new int[Math.Min(MaxAnchors, pixels.Count)];
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = pixels[(int)((long)i * pixels.Count / kept.Length)];
        }

        return kept;
    }
}
