namespace IMDD.Learning.Weights.Configurations;

/// <summary>Widths and depths of the mask generator.</summary>
/// <param name="InChannels">Channels of the feature maps, finest first.</param>
/// <param name="PixelWidth">Channels of the pixel decoder.</param>
/// <param name="Width">Width of the queries; where it is not <paramref name="PixelWidth"/>, a projection stands between.</param>
/// <param name="Queries">Number of queries: of masks.</param>
/// <param name="Layers">Decoder layers; one more prediction than that is made.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="HiddenWidth">Width inside the feed-forward layers.</param>
/// <param name="MaskWidth">Width of a mask's embedding and of the mask features.</param>
/// <param name="Classes">Number of classes beside "no object"; null for a head that is compared with text instead.</param>
/// <param name="NormGroups">Groups of the pixel decoder's norms.</param>
public sealed record MaskGeneratorOptions(
    IReadOnlyList<int> InChannels,
    int PixelWidth = 256,
    int Width = 256,
    int Queries = 100,
    int Layers = 9,
    int Heads = 8,
    int HiddenWidth = 2048,
    int MaskWidth = 256,
    int? Classes = null,
    int NormGroups = 32)
{
    /// <summary>Coarse maps that the queries attend to, in turn.</summary>
    public const int AttendedLevels = 3;

    /// <summary>Whether the maps that the queries attend to are brought to the queries' width first.</summary>
    public bool ProjectsInput => PixelWidth != Width;

    /// <summary>Refuses what cannot be built.</summary>
    /// <exception cref="ArgumentException">Every wrong value, with what was expected.</exception>
    public void Validate()
    {
        var wrong = Problems();
        if (wrong.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", wrong) + ".");
        }
    }

    internal IReadOnlyList<string> Problems()
    {
        List<string> wrong = [];
        Require(InChannels.Count >= AttendedLevels, $"InChannels has {InChannels.Count} maps; expected at least {AttendedLevels}");
        Require(InChannels.All(channels => channels > 0), "InChannels has a map without channels");
        Require(PixelWidth > 0, $"PixelWidth is {PixelWidth}; expected a positive number");
        Require(NormGroups > 0 && PixelWidth % NormGroups == 0, $"NormGroups is {NormGroups}; expected a divisor of PixelWidth, {PixelWidth}");
        Require(Heads > 0 && Width % Heads == 0, $"Heads is {Heads}; expected a divisor of Width, {Width}");
        Require(Width > 0 && Width % 4 == 0, $"Width is {Width}; expected a multiple of 4, for sines and cosines in two directions");
        Require(Queries > 0 && Layers > 0 && HiddenWidth > 0 && MaskWidth > 0, "Queries, Layers, HiddenWidth and MaskWidth must be positive");
        Require(Classes is null or > 0, $"Classes is {Classes}; expected a positive number or none");
        return wrong;

        void Require(bool holds, string complaint)
        {
            if (!holds)
            {
                wrong.Add(complaint);
            }
        }
    }
}
