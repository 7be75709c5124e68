using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>What a noise schedule is made of; it belongs to the weights that were trained with it and is stored with them.</summary>
/// <param name="Curve">Its form.</param>
/// <param name="Start">First β.</param>
/// <param name="End">Last β.</param>
/// <param name="Steps">Number of steps; timesteps count from 0.</param>
/// <param name="Precision">How exactly the tables are kept.</param>
public sealed record NoiseScheduleOptions(NoiseCurve Curve, double Start, double End, int Steps = 1000, TablePrecision Precision = TablePrecision.Single)
{
    /// <summary>The paper's, for weights trained from scratch.</summary>
    public static NoiseScheduleOptions Paper { get; } = new(NoiseCurve.Linear, 1e-4, 0.02);

    /// <summary>Stable Diffusion 1's, for its weights.</summary>
    public static NoiseScheduleOptions StableDiffusion { get; } = new(NoiseCurve.ScaledLinear, 0.00085, 0.012);

    /// <summary>Reads diffusers' <c>scheduler_config.json</c>.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="origin">The file, for messages.</param>
    /// <exception cref="WeightsException">A field is wrong, or the weights predict something other than the noise.</exception>
    public static NoiseScheduleOptions Parse(string json, string origin)
    {
        var fields = ConfigurationReader.Parse(json, origin);
        return fields.Text("prediction_type", "epsilon") == "epsilon" ? Read(fields) : throw fields.Wrong("prediction_type", "\"epsilon\"");
    }

    internal static NoiseScheduleOptions Read(ConfigurationReader fields) => new(
        fields.Text("beta_schedule", "linear") switch
        {
            "linear" => NoiseCurve.Linear,
            "scaled_linear" => NoiseCurve.ScaledLinear,
            "squaredcos_cap_v2" => NoiseCurve.Cosine,
            _ => throw fields.Wrong("beta_schedule", "\"linear\", \"scaled_linear\" or \"squaredcos_cap_v2\""),
        },
        fields.Number("beta_start", 1e-4),
        fields.Number("beta_end", 0.02),
        fields.Size("num_train_timesteps", 1000));

    internal JsonObject Write() => new()
    {
        ["beta_schedule"] = Curve switch
        {
            NoiseCurve.ScaledLinear => "scaled_linear",
            NoiseCurve.Cosine => "squaredcos_cap_v2",
            _ => "linear",
        },
        ["beta_start"] = Start,
        ["beta_end"] = End,
        ["num_train_timesteps"] = Steps,
    };
}
