namespace IMDD.Cli.Demo;

/// <summary>What <c>imdd demo</c> was asked for.</summary>
/// <param name="Frames">Frames of all cameras together; null: until stopped.</param>
/// <param name="FramesPerSecond">Rate of all cameras together.</param>
/// <param name="Cameras">Number of cameras.</param>
/// <param name="Data">Folder of real images; null: synthetic surfaces.</param>
/// <param name="Bundle">Folder of the model's bundle; null: the one for synthetic surfaces that comes with the agent.</param>
/// <param name="Seed">Seed of the synthetic surfaces.</param>
/// <param name="Keep">True: stays up after the last frame until it is stopped.</param>
/// <param name="State">Folder for everything that is kept; null: a temporary one, removed at the end.</param>
/// <param name="MqttPort">Wanted port, or the next free one.</param>
/// <param name="KafkaPort">Wanted port, or the next free one.</param>
/// <param name="PagePort">Wanted port, or the next free one.</param>
public sealed record DemoSettings(
    long? Frames, double FramesPerSecond, int Cameras, string? Data, string? Bundle, int Seed, bool Keep, string? State, int MqttPort, int KafkaPort, int PagePort);
