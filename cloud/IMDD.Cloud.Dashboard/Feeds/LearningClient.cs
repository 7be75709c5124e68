using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Learning;

namespace IMDD.Cloud.Dashboard.Feeds;

/// <summary>Asks whoever watches the learning loop; its base address is <see cref="DashboardOptions.LearningUrl"/>.</summary>
public sealed class LearningClient(HttpClient http)
{
    /// <summary>True where somebody watches it.</summary>
    public bool IsOn => http.BaseAddress is not null;

    /// <summary>How far it is.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or none that is understood.</exception>
    public async Task<LearningProgress> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetFromJsonAsync<LearningProgress>(LearningRoutes.Progress, ImddJson.Options, cancellationToken)
                ?? throw new HttpRequestException("The answer is empty.");
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"The answer is not understood: {e.Message}", e);
        }
    }
}
