namespace IMDD.Synthetics;

/// <summary>Kinds of defect. <see cref="DefectKinds"/> has their names and where they occur.</summary>
public enum DefectKind
{
    /// <summary>A groove with raised flanks.</summary>
    Scratch,

    /// <summary>A dark branching line.</summary>
    Crack,

    /// <summary>Small craters, often several.</summary>
    Pit,

    /// <summary>An open gas hole with a rim.</summary>
    Blowhole,

    /// <summary>A discolouration with a soft irregular border.</summary>
    Stain,

    /// <summary>A smooth depression that shows by its shading alone.</summary>
    Dent,

    /// <summary>A screw, rivet, eyelet, dowel or component that is not there.</summary>
    MissingPart,

    /// <summary>Rust or verdigris: coloured, granular, with satellites.</summary>
    Corrosion,

    /// <summary>An embedded foreign particle.</summary>
    Inclusion,

    /// <summary>Broken-out material with flat facets.</summary>
    Chip,

    /// <summary>A long soft ridge.</summary>
    Crease,

    /// <summary>Heat tint on metal, scorching elsewhere.</summary>
    Burn,

    /// <summary>Reserved: a coating that came off, with a curled edge.</summary>
    Peeling,

    /// <summary>Reserved: a spray of raised glossy beads.</summary>
    Spatter,

    /// <summary>Reserved: periodic tool marks over a patch.</summary>
    Chatter,

    /// <summary>Reserved: a loose curled thread lying on the surface.</summary>
    Fibre,
}
