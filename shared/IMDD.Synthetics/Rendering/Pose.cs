namespace IMDD.Synthetics.Rendering;

/// <summary>
/// Where the product lies under the camera. Surface coordinates (u, v) are in units of 1/512 of the shorter side, 0 to 512 when the
/// product lies exactly as taught.
/// </summary>
internal readonly struct Pose
{
    /// <summary>Units across the shorter side.</summary>
    public const float Span = 512f;

    private readonly float _centreX;
    private readonly float _centreY;
    private readonly float _shiftU;
    private readonly float _shiftV;

    public Pose(int width, int height, float turns, float scale, float shiftU, float shiftV)
    {
        PixelsPerUnit = Math.Min(width, height) / Span * scale;
        _centreX = width * 0.5f;
        _centreY = height * 0.5f;
        _shiftU = Span * 0.5f + shiftU;
        _shiftV = Span * 0.5f + shiftV;
        CosStep = Curves.Cos(turns) / PixelsPerUnit;
        SinStep = Curves.Sin(turns) / PixelsPerUnit;
    }

    /// <summary>Pixels per unit of surface.</summary>
    public float PixelsPerUnit { get; }

    /// <summary>du/dx and dv/dy.</summary>
    public float CosStep { get; }

    /// <summary>dv/dx and -du/dy.</summary>
    public float SinStep { get; }

    public (float U, float V) ToSurface(float x, float y)
    {
        var dx = x - _centreX;
        var dy = y - _centreY;
        return (_shiftU + dx * CosStep - dy * SinStep, _shiftV + dx * SinStep + dy * CosStep);
    }

    public (float X, float Y) ToPixel(float u, float v)
    {
        var du = (u - _shiftU) * PixelsPerUnit * PixelsPerUnit;
        var dv = (v - _shiftV) * PixelsPerUnit * PixelsPerUnit;
        return (_centreX + du * CosStep + dv * SinStep, _centreY - du * SinStep + dv * CosStep);
    }
}
