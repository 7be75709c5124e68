using IMDD.Contracts.Events;
using IMDD.Synthetics.Defects;
using IMDD.Synthetics.Looks;
using IMDD.Synthetics.Rendering;
using IMDD.Synthetics.Textures;

namespace IMDD.Synthetics;

/// <summary>
/// Makes frames of one product with exact ground truth. A frame is a function of the options and its seed: the same bytes on every
/// machine, thread and run. Thread-safe.
/// </summary>
public sealed class SurfaceGenerator
{
    private const float Border = 0.1f;
    private const int PlacementAttempts = 40;
    private const int Bores = 1;
    private const double MajorArea = 0.001;
    private const double CriticalArea = 0.006;

    private readonly SurfaceOptions _options;
    private readonly Surface _surface;
    private readonly Part[] _parts;
    private readonly Part[] _bores;
    private readonly IReadOnlyList<DefectKind> _kinds;

    /// <summary>Prepares a product.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public SurfaceGenerator(SurfaceOptions options)
    {
        options.Validate();
        _options = options;
        SeededRandom product = new(options.ProductSeed);
        var places = PlaceParts(options.Parts == 0 ? 0 : options.Parts + Bores, product.Fork(Stream.Parts));
        _parts = places[..options.Parts];
        _bores = places[options.Parts..];
        _surface = Create(options.Texture, product.Fork(Stream.Material), [.. _parts, .. _bores]);
        _kinds = options.Kinds.Count > 0
            ? options.Kinds
            : [.. DefectKinds.For(options.Texture).Where(k => k != DefectKind.MissingPart || options.Parts > 0)];
    }

    /// <summary>Makes the frame of a seed: defective by <see cref="SurfaceOptions.DefectRate"/>.</summary>
    public SyntheticSample Generate(ulong seed)
    {
        var decision = new SeededRandom(seed).Fork(Stream.Decision);
        if (!(decision.Unit() < _options.DefectRate))
        {
            return Render(seed, []);
        }

        var wanted = new Wanted[decision.Between(1, _options.MaxDefects)];
        for (var i = 0; i < wanted.Length; i++)
        {
            wanted[i] = _options.Looks.Count > 0
                ? new Wanted(null, _options.Looks[decision.Index(_options.Looks.Count)])
                : new Wanted(_kinds[decision.Index(_kinds.Count)], null);
        }

        return Render(seed, wanted);
    }

    /// <summary>
    /// Makes the frame of a seed with exactly these defects; with none it is the good twin, equal outside the masks' surroundings.
    /// </summary>
    /// <exception cref="ArgumentException">A missing part is asked of a product without parts, or there are too many defects.</exception>
    public SyntheticSample Generate(ulong seed, IReadOnlyList<DefectKind> kinds)
    {
        if (kinds.Contains(DefectKind.MissingPart) && _parts.Length == 0)
        {
            throw new ArgumentException($"{nameof(SurfaceOptions.Parts)} is 0: no part can be missing.", nameof(kinds));
        }

        if (kinds.Count > SurfaceOptions.MaxDefectsPerFrame)
        {
            throw new ArgumentException($"{kinds.Count} defects: expected at most {SurfaceOptions.MaxDefectsPerFrame} per frame.", nameof(kinds));
        }

        return Render(seed, [.. kinds.Select(kind => new Wanted(kind, null))]);
    }

    /// <summary>Makes the frame of a seed with exactly one defect, of a look.</summary>
    public SyntheticSample Generate(ulong seed, DefectLook look) => Render(seed, [new Wanted(null, look)]);

    private SyntheticSample Render(ulong seed, IReadOnlyList<Wanted> wanted)
    {
        SeededRandom frame = new(seed ^ (_options.ProductSeed * 0x9E3779B97F4A7C15UL));
        var variation = (float)_options.Variation;
        var pose = MakePose(frame.Fork(Stream.Pose), variation);
        using Canvas canvas = new(_options.Width, _options.Height);
        _surface.Paint(canvas, pose, frame.Fork(Stream.Material));
        Clutter.Paint(canvas, pose, _surface, frame.Fork(Stream.Clutter), (float)_options.Clutter);
        var patches = PaintDefects(canvas, pose, frame.Fork(Stream.Defects), wanted);
        Illumination light = new(frame.Fork(Stream.Light), variation, _surface.SpecularTint, _surface.SpecularDoublings);
        Shader.Shade(canvas, light, pose.PixelsPerUnit);
        var rgb = Sensor.Expose(canvas, frame.Fork(Stream.Sensor));
        var mask = new byte[_options.Width * _options.Height];
        var defects = new List<SyntheticDefect>(patches.Count);
        foreach (var (one, patch) in patches)
        {
            if (Cut(one, patch, mask) is { } defect)
            {
                defects.Add(defect);
            }
        }

        return new SyntheticSample
        {
            Width = _options.Width,
            Height = _options.Height,
            Rgb = rgb,
            Mask = mask,
            Defects = defects,
            Texture = _options.Texture,
            Seed = seed,
        };
    }

    private Pose MakePose(SeededRandom random, float variation)
        => new(
            _options.Width,
            _options.Height,
            random.Symmetric(0.004f + 0.022f * variation),
            1f + random.Symmetric(0.01f + 0.06f * variation),
            random.Symmetric(2f + 20f * variation),
            random.Symmetric(2f + 20f * variation));

    private List<(Wanted Wanted, Patch Patch)> PaintDefects(Canvas canvas, in Pose pose, SeededRandom random, IReadOnlyList<Wanted> wanted)
    {
        List<(Wanted, Patch)> patches = [];
        var missing = new bool[_parts.Length];
        foreach (var _ in wanted.Where(w => w.Kind == DefectKind.MissingPart))
        {
            missing[random.Index(missing.Length)] = true;
        }

        foreach (var bore in _bores)
        {
            _surface.PaintBore(canvas, pose, bore);
        }

        for (var i = 0; i < _parts.Length; i++)
        {
            var footprint = _surface.PaintPart(canvas, pose, _parts[i], missing[i]);
            if (missing[i])
            {
                patches.Add((new Wanted(DefectKind.MissingPart, null), footprint));
            }
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            if (wanted[i].Kind != DefectKind.MissingPart)
            {
                var own = random.Fork((ulong)i);
                var x = own.Range(Border, 1f - Border) * canvas.Width;
                var y = own.Range(Border, 1f - Border) * canvas.Height;
                DefectSite site = new(canvas, pose, _surface, own, x, y, own.Range(0.65f, 1.25f));
                patches.Add((wanted[i], Painter(wanted[i]).Paint(site)));
            }
        }

        return patches;
    }

    /// <summary>Cuts the exact mask out of a patch; null where nothing of the defect lies within the frame.</summary>
    private SyntheticDefect? Cut(Wanted wanted, Patch patch, byte[] all)
    {
        int left = int.MaxValue, top = int.MaxValue, right = -1, bottom = -1, area = 0;
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                if (patch.Cover[row * patch.Width + column] >= IDefectPainter.MaskThreshold)
                {
                    (left, right) = (Math.Min(left, column), Math.Max(right, column));
                    (top, bottom) = (Math.Min(top, row), Math.Max(bottom, row));
                    area++;
                    all[patch.CanvasIndex(row, column)] = byte.MaxValue;
                }
            }
        }

        if (area == 0)
        {
            return null;
        }

        int width = right - left + 1, height = bottom - top + 1;
        var mask = new byte[width * height];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                if (patch.Cover[(top + row) * patch.Width + left + column] >= IDefectPainter.MaskThreshold)
                {
                    mask[row * width + column] = byte.MaxValue;
                }
            }
        }

        return new SyntheticDefect
        {
            Kind = wanted.Kind,
            Look = wanted.Look,
            Severity = Judge(wanted.Kind, area),
            X = patch.X + left,
            Y = patch.Y + top,
            Width = width,
            Height = height,
            AreaPx = area,
            Mask = mask,
        };
    }

    private Severity Judge(DefectKind? kind, int area)
    {
        // What breaks or is absent impairs use whatever its size; the rest is judged by how much of the part it covers.
        var share = area / (double)(_options.Width * _options.Height);
        return kind == DefectKind.MissingPart || share >= CriticalArea && kind is DefectKind.Crack or DefectKind.Chip ? Severity.Critical
            : kind == DefectKind.Crack || share >= CriticalArea ? Severity.Major
            : share >= MajorArea && kind is not (DefectKind.Stain or DefectKind.Dent or DefectKind.Fibre) ? Severity.Major
            : Severity.Minor;
    }

    private static IDefectPainter Painter(Wanted wanted) => wanted.Look is { } look ? new LookPainter(look) : DefectPainters.For(wanted.Kind!.Value);

    private static Surface Create(SurfaceTexture texture, SeededRandom random, Part[] parts) => texture switch
    {
        SurfaceTexture.BrushedMetal => new BrushedMetal(random),
        SurfaceTexture.Cast => new Cast(random),
        SurfaceTexture.Fabric => new Fabric(random),
        SurfaceTexture.Glass => new Glass(random),
        SurfaceTexture.Wood => new Wood(random),
        SurfaceTexture.Pcb => new Pcb(random, parts),
        _ => throw new ArgumentOutOfRangeException(nameof(texture), texture, "Not a known texture."),
    };

    private static Part[] PlaceParts(int count, SeededRandom random)
    {
        const float Low = 80f, High = 432f, Apart = 110f;
        List<Part> parts = [];
        for (var i = 0; i < count; i++)
        {
            Part part = default;
            for (var attempt = 0; attempt < PlacementAttempts; attempt++)
            {
                part = new Part(random.Range(Low, High), random.Range(Low, High), random.Range(14f, 21f), random.Unit());
                if (parts.TrueForAll(p => Math.Abs(p.U - part.U) + Math.Abs(p.V - part.V) > Apart))
                {
                    break;
                }
            }

            parts.Add(part);
        }

        return [.. parts];
    }

    /// <summary>A defect to paint: of a kind, or of a look.</summary>
    private readonly record struct Wanted(DefectKind? Kind, DefectLook? Look);

    // Each purpose draws from a stream of its own, so that a defect more or less changes nothing else of the frame.
    private static class Stream
    {
        public const ulong Material = 1;
        public const ulong Parts = 2;
        public const ulong Decision = 3;
        public const ulong Pose = 4;
        public const ulong Clutter = 5;
        public const ulong Defects = 6;
        public const ulong Light = 7;
        public const ulong Sensor = 8;
    }
}
