using System.ComponentModel.DataAnnotations;

namespace IMDD.Cloud.Trainer;

/// <summary>How the champion is trained on.</summary>
public sealed class FineTuningOptions
{
    /// <summary><c>KEY:PATH</c> of what is learned from again, so that it is not forgotten. Its test side is never opened.</summary>
    public List<string> Replay { get; set; } = [];

    /// <summary>CPU-minutes, unless <see cref="Steps"/> says it.</summary>
    [Range(0.05, 100_000.0)]
    public double Minutes { get; set; } = 10;

    [Range(1L, long.MaxValue)]
    public long? Steps { get; set; }

    /// <summary>Highest learning rate; lower than from nothing, since most is known already.</summary>
    [Range(1e-7, 0.5)]
    public double LearningRate { get; set; } = 1e-3;

    [Range(2, 1024)]
    public int Batch { get; set; } = 16;

    /// <summary>Weight by which the network is held to what the champion says, where that is right (learning without forgetting); 0: it is not.</summary>
    [Range(0.0, 1000.0)]
    public double Memory { get; set; } = 1;

    /// <summary>
    /// True: classes that the champion cannot name are learned in branches beside its network, which stays as it is, so that nothing it knows is
    /// forgotten; where labels bring no such class, the whole is trained on.
    /// </summary>
    public bool SideBranch { get; set; } = true;

    /// <summary>Side of a training crop, pixels; null: the child's default.</summary>
    [Range(32, 1024)]
    public int? Crop { get; set; }

    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    [Range(0, int.MaxValue)]
    public int Seed { get; set; } = 1;

    /// <summary>Folder of the CLIP that the champion's rows are made with (<c>--clip</c>), where they are: a run of such a champion fails without it. Together with <see cref="Tokenizer"/>.</summary>
    public string? Clip { get; set; }

    /// <summary>Folder of that CLIP's tokenizer (<c>--tokenizer</c>).</summary>
    public string? Tokenizer { get; set; }

    /// <summary>Further arguments of <c>imdd train edge</c>.</summary>
    public List<string> Arguments { get; set; } = [];
}
