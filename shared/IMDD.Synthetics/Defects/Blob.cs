using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>An irregular closed shape: an ellipse whose border noise pushes in and out.</summary>
internal sealed class Blob
{
    private readonly float _x;
    private readonly float _y;
    private readonly float _cos;
    private readonly float _sin;
    private readonly float _radius;
    private readonly float _squeeze;
    private readonly float _ragged;
    private readonly float _grain;
    private readonly float _seedX;
    private readonly float _seedY;

    /// <param name="random">Numbers.</param>
    /// <param name="x">Centre, pixels.</param>
    /// <param name="y">Centre, pixels.</param>
    /// <param name="radius">Mean radius, pixels.</param>
    /// <param name="ragged">How far the border strays, as a part of the radius.</param>
    /// <param name="grain">Waves of the border per radius.</param>
    /// <param name="squeeze">Largest ratio of the axes.</param>
    public Blob(SeededRandom random, float x, float y, float radius, float ragged, float grain, float squeeze)
    {
        (_x, _y, _radius, _ragged, _grain) = (x, y, radius, ragged, grain);
        var turns = random.Unit();
        (_cos, _sin) = (Curves.Cos(turns), Curves.Sin(turns));
        _squeeze = random.Range(1f, squeeze);
        _seedX = random.Range(0f, 200f);
        _seedY = random.Range(0f, 200f);
    }

    /// <summary>Radius that surely holds the shape, pixels.</summary>
    public float Reach => _radius * (1f + _ragged) * _squeeze + 2f;

    /// <summary>0 in the centre, 1 on the border, more outside.</summary>
    public float At(float x, float y)
    {
        var dx = (x - _x) / _radius;
        var dy = (y - _y) / _radius;
        var a = (dx * _cos + dy * _sin) / _squeeze;
        var b = dy * _cos - dx * _sin;
        var r = MathF.Sqrt(a * a + b * b);
        var wander = Noise.At(dx * _grain + _seedX, dy * _grain + _seedY) * 0.65f
            + Noise.At(dx * _grain * 2.7f + _seedY, dy * _grain * 2.7f + _seedX) * 0.35f;
        return r - _ragged * wander * Curves.Step(0f, 0.6f, r);
    }

    /// <summary>An empty patch that holds the shape.</summary>
    public Patch Around(Canvas canvas) => new(canvas, _x, _y, Reach);
}
