using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Training.Pictures;

/// <summary>A decoded picture with its truth, ready to be cropped.</summary>
public sealed record TrainingPicture
{
    /// <summary>Marks a pixel in <see cref="Classes"/> that has no known class.</summary>
    public const byte NoClass = 0;

    /// <summary>Data set and id.</summary>
    public required string Id { get; init; }

    /// <summary>Data set, in the order they were given.</summary>
    public required int Dataset { get; init; }

    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>How often it is drawn beside another of its kind, above 0 and at most 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>RGB, <c>height × width × 3</c> bytes.</summary>
    public required byte[] Rgb { get; init; }

    /// <summary>Known-good view of the same size; null where there is none.</summary>
    public byte[]? Reference { get; init; }

    /// <summary>255 where defective, row-major; null for a normal picture.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>Index of the class plus one, or <see cref="NoClass"/>, row-major; null for a normal picture.</summary>
    public byte[]? Classes { get; init; }

    /// <summary>True when the mask follows the defects' outlines; false for filled boxes.</summary>
    public bool IsOutlined { get; init; }

    /// <summary>The defects' boxes as the data set gives them; none where it does not, and each connected area of the mask is one.</summary>
    public IReadOnlyList<Box> Boxes { get; init; } = [];

    /// <summary>Indices of the classes that the picture shows.</summary>
    public required IReadOnlyList<int> ClassIndices { get; init; }

    /// <summary>Per class of the picture, or once for all where pixels have no class: some defective pixels, to centre crops on.</summary>
    public IReadOnlyList<int[]> Anchors { get; init; } = [];

    /// <summary>
    /// Null where pixels are labelled. Else the label of the picture as a whole, true for a defect, which is only true of a crop that shows all of it.
    /// </summary>
    public bool? WholeLabel { get; init; }

    /// <summary>True when it shows a defect.</summary>
    public bool IsDefective => Mask is not null || WholeLabel == true;

    /// <summary>True when it is known of each pixel whether it is defective: a normal picture has none that is.</summary>
    public bool HasPixelTruth => WholeLabel != true;

    /// <summary>Index plus one of the only class of a defect that is somewhere on the picture; <see cref="NoClass"/> where it has none or several, or they are marked.</summary>
    internal byte WholeClass => !HasPixelTruth && ClassIndices.Count == 1 ? (byte)(ClassIndices[0] + 1) : NoClass;

    /// <summary>Its pixels, or those of its known-good view, as an image: the caller's to dispose.</summary>
    internal RgbImage ImageOf(byte[] rgb)
    {
        RgbImage image = new(Width, Height);
        rgb.CopyTo(image.Pixels);
        return image;
    }
}
