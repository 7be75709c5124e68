using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Cli.Bench;

/// <summary>A folder of generated pictures at a camera's size.</summary>
internal static class BenchPictures
{
    private const int Pictures = 64;
    private const int Side = 1024;

    public static Dataset Write(string folder)
    {
        var good = Path.Combine(folder, "good");
        Directory.CreateDirectory(good);
        var frames = BenchFrames.Create(Pictures, Side);
        for (var i = 0; i < frames.Count; i++)
        {
            File.WriteAllBytes(Path.Combine(good, $"{i:D3}.jpg"), frames[i]);
        }

        return DatasetReaders.Read("folders:" + folder);
    }
}
