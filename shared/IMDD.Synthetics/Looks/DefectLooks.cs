namespace IMDD.Synthetics.Looks;

/// <summary>All looks there are.</summary>
public static class DefectLooks
{
    /// <summary>Every look.</summary>
    public static IReadOnlyList<DefectLook> All { get; } = [.. Enum.GetValues<LookForm>().SelectMany(Of)];

    /// <summary>Those that a model may be trained on.</summary>
    public static IReadOnlyList<DefectLook> Base { get; } = [.. All.Where(look => !look.IsHeldOut)];

    /// <summary>Those that none is trained on, of words that occur in the others.</summary>
    public static IReadOnlyList<DefectLook> HeldOut { get; } = [.. All.Where(look => look.IsHeldOut)];

    private static readonly Dictionary<string, DefectLook> ByName = All.ToDictionary(look => look.Name, StringComparer.Ordinal);

    /// <summary>The look of a name; null where there is none.</summary>
    public static DefectLook? Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<DefectLook> Of(LookForm form)
    {
        var plain = Enum.GetValues<LookRelief>().SelectMany(relief => Enum.GetValues<LookTone>().Select(tone => new DefectLook(form, relief, tone)))
            .Where(look => (look.Relief, look.Tone) != (LookRelief.Flat, LookTone.Plain));
        bool[] either = [false, true];
        return form switch
        {
            LookForm.Spot => plain.SelectMany(look => either.Select(several => look with { IsSeveral = several })),
            LookForm.Line => plain.SelectMany(look => Enum.GetValues<LookBend>().SelectMany(bend => either.Select(several => look with { Bend = bend, IsSeveral = several }))),
            LookForm.Patch => plain.SelectMany(look => new[] { look, look with { IsSoft = true }, look with { HasRim = true } }),
            _ => plain,
        };
    }
}
