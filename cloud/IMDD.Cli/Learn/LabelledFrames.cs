using IMDD.Cloud.Trainer.Snapshots;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Imaging;
using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>Rendered frames of the lines with what a person says of them, as a folder of the data set layout <c>labelled</c>.</summary>
internal sealed class LabelledFrames
{
    private const int Quality = 92;

    private readonly string _folder;
    private readonly List<(ExampleConsensus, string)> _frames = [];

    /// <summary>Makes the folder.</summary>
    public LabelledFrames(string folder) => _folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>So far.</summary>
    public int Count => _frames.Count;

    /// <summary>Adds a frame of a line, counted from 0.</summary>
    public void Add(int line, SyntheticSample sample, IReadOnlyList<LabelledRegion> regions)
    {
        using RgbImage image = new(sample.Width, sample.Height);
        sample.Rgb.CopyTo(image.Pixels);
        var jpeg = ImageEncoder.EncodeJpeg(image, Quality);
        var digest = ContentDigest.Of(jpeg);
        var picture = digest[ContentDigest.Prefix.Length..] + ".jpg";
        File.WriteAllBytes(Path.Combine(_folder, picture), jpeg);
        _frames.Add((
            new ExampleConsensus
            {
                Frame = new FrameReference { Digest = digest, Width = sample.Width, Height = sample.Height },
                Revision = 1,
                CameraId = FormattableString.Invariant($"camera{line + 1}"),
                AssetPath = LearnSettings.Cell(line),
                State = ConsensusState.Agreed,
                Verdict = regions.Count > 0 ? Verdict.Fail : Verdict.Pass,
                Regions = regions,
                Labels = [],
            },
            picture));
    }

    /// <summary>Writes the list of what was added.</summary>
    public void Write() => File.WriteAllBytes(Path.Combine(_folder, LabelsFile.Name), LabelsFile.Write(_frames));
}
