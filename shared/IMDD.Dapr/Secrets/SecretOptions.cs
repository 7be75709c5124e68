using System.ComponentModel.DataAnnotations;

namespace IMDD.Dapr.Secrets;

/// <summary>Where secrets are without Dapr.</summary>
public sealed class SecretOptions
{
    public const string Section = "Secrets";

    /// <summary>Folder with a file per secret, as orchestrators mount them.</summary>
    [Required]
    public string Directory { get; set; } = "/run/secrets";
}
