namespace IMDD.Imaging;

/// <summary>The formats that are decoded.</summary>
public enum ImageFormat
{
    Jpeg,
    Png,
    Bmp,
    Tiff,
}
