using IMDD.Testing;
using OpenCvSharp;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>Builds small data sets in their native layouts.</summary>
public sealed class FixtureFolder : IDisposable
{
    private readonly TestDirectory _directory = new();

    public string Root => _directory.Path;

    /// <summary>A grey picture with noise of its own.</summary>
    public FixtureFolder Image(string path, int width = 32, int height = 24, int seed = -1)
    {
        using Mat image = new(height, width, MatType.CV_8UC1);
        var random = new Random(seed >= 0 ? seed : path.Sum(c => c));
        for (var i = 0; i < width * height; i++)
        {
            image.Set(i / width, i % width, (byte)random.Next(256));
        }

        return Write(path, image);
    }

    /// <summary>A grey mask of one value with a patch of another.</summary>
    public FixtureFolder Mask(string path, byte patch = 255, int width = 32, int height = 24)
    {
        using Mat mask = new(height, width, MatType.CV_8UC1, Scalar.All(0));
        mask.Rectangle(new Rect(4, 4, 8, 6), Scalar.All(patch), -1);
        return Write(path, mask);
    }

    public FixtureFolder Text(string path, string content)
    {
        var full = Full(path);
        File.WriteAllText(full, content);
        return this;
    }

    public FixtureFolder Bytes(string path, byte[] content)
    {
        File.WriteAllBytes(Full(path), content);
        return this;
    }

    public FixtureFolder Copy(string from, string to)
    {
        File.Copy(Full(from), Full(to));
        return this;
    }

    public FixtureFolder Link(string path, string target)
    {
        File.CreateSymbolicLink(Full(path), target);
        return this;
    }

    public void Dispose() => _directory.Dispose();

    private FixtureFolder Write(string path, Mat image)
    {
        Cv2.ImWrite(Full(path), image);
        return this;
    }

    private string Full(string path)
    {
        var full = _directory.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
