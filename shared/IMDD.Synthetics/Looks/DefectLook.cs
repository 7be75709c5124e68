namespace IMDD.Synthetics.Looks;

/// <summary>
/// What a defect looks like, whatever it is: a form with properties, each of which can be seen and has words of its own. A model that learns to match
/// looks with their words can be told of a kind of defect that it was never shown by saying what it looks like.
/// </summary>
/// <param name="Form">The shape.</param>
/// <param name="Relief">Flat, raised or sunken.</param>
/// <param name="Tone">The colour; something of relief and tone is not the surface's own.</param>
public sealed record DefectLook(LookForm Form, LookRelief Relief, LookTone Tone)
{
    /// <summary>Of lines.</summary>
    public LookBend Bend { get; init; }

    /// <summary>Several spots or lines instead of one.</summary>
    public bool IsSeveral { get; init; }

    /// <summary>The border of a spot or patch is blurred.</summary>
    public bool IsSoft { get; init; }

    /// <summary>A patch has a raised rim.</summary>
    public bool HasRim { get; init; }

    /// <summary>Its name, <c>several raised bright spots</c>: the first of <see cref="LookWords"/> for each property.</summary>
    public string Name => LookWords.Describe(this, _ => 0);

    /// <summary>
    /// True for combinations that no model is trained on, though each of their properties occurs in others: those that the reserved kinds come close to
    /// (<see cref="DefectKinds.Reserved"/>). What a model makes of their words it has put together itself.
    /// </summary>
    public bool IsHeldOut => Form switch
    {
        LookForm.Spot => IsSeveral && Relief == LookRelief.Raised,
        LookForm.Line => Bend == LookBend.Curled && Relief == LookRelief.Raised,
        LookForm.Patch => HasRim && Relief == LookRelief.Sunken,
        LookForm.Stripes => Relief != LookRelief.Flat,
        _ => false,
    };
}
