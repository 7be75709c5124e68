namespace IMDD.Learning.Networks.Diffusion;

/// <summary>How a feature map changes its size.</summary>
internal enum Resampling
{
    /// <summary>To twice the sides.</summary>
    Up,

    /// <summary>To half the sides, one pixel of padding all around.</summary>
    Down,

    /// <summary>To half the sides, one pixel of padding to the right and below: the autoencoder's way.</summary>
    DownPaddedAfter,
}
