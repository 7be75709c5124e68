using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Dashboard.Feeds;

/// <summary>
/// Asks the curator's review API; its base address is <see cref="DashboardOptions.CuratorUrl"/>. Every method throws
/// <see cref="HttpRequestException"/> where it does not answer and <see cref="ReviewRefusedException"/> where it refuses.
/// </summary>
public sealed class CuratorClient(HttpClient http)
{
    /// <summary>The next frame, leased; null when none waits.</summary>
    public Task<ReviewFrame?> NextAsync(ReviewRequest who, CancellationToken cancellationToken)
        => PostAsync<ReviewRequest, ReviewFrame>(ReviewRoutes.Next, who, cancellationToken);

    /// <summary>One frame by its outcome or its picture, leased.</summary>
    public Task<ReviewFrame?> LeaseAsync(string outcomeId, ReviewRequest who, CancellationToken cancellationToken)
        => PostAsync<ReviewRequest, ReviewFrame>(Of(ReviewRoutes.Lease, outcomeId), who, cancellationToken);

    /// <summary>Gives a frame back unjudged.</summary>
    public Task SkipAsync(string outcomeId, ReviewRequest who, CancellationToken cancellationToken)
        => PostAsync<ReviewRequest, JsonNode>(Of(ReviewRoutes.Skip, outcomeId), who, cancellationToken);

    /// <summary>Gives a verdict.</summary>
    public async Task<LabelReceipt> LabelAsync(string outcomeId, LabelRequest label, CancellationToken cancellationToken)
        => await PostAsync<LabelRequest, LabelReceipt>(Of(ReviewRoutes.Labels, outcomeId), label, cancellationToken)
            ?? throw new HttpRequestException("The curator answered a verdict with nothing.");

    /// <summary>Takes the last verdict back; its frame, or null when there is none.</summary>
    public Task<ReviewFrame?> UndoAsync(ReviewRequest who, CancellationToken cancellationToken)
        => PostAsync<ReviewRequest, ReviewFrame>(ReviewRoutes.Undo, who, cancellationToken);

    /// <summary>Waiting frames, the most informative first.</summary>
    public async Task<IReadOnlyList<ReviewFrame>> WaitingAsync(int limit, CancellationToken cancellationToken)
        => await GetAsync<ReviewFrame[]>($"{ReviewRoutes.Frames}?limit={limit}", cancellationToken) ?? [];

    /// <summary>One frame, or null.</summary>
    /// <param name="outcomeId">Its outcome.</param>
    /// <param name="asker">Who has it before them; null where nobody says so.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ReviewFrame?> FindAsync(string outcomeId, ReviewRequest? asker, CancellationToken cancellationToken)
        => GetAsync<ReviewFrame>(
            Of(ReviewRoutes.Frame, outcomeId) + (asker is null ? "" : $"?raterId={Uri.EscapeDataString(asker.RaterId)}&holder={Uri.EscapeDataString(asker.Holder)}"),
            cancellationToken);

    public async Task<IReadOnlyList<VocabularyTerm>> VocabularyAsync(CancellationToken cancellationToken)
        => await GetAsync<VocabularyTerm[]>(ReviewRoutes.Vocabulary, cancellationToken) ?? [];

    public async Task<IReadOnlyList<RaterAgreement>> AgreementAsync(CancellationToken cancellationToken)
        => await GetAsync<RaterAgreement[]>(ReviewRoutes.Agreement, cancellationToken) ?? [];

    public async Task<BlindAgreement?> BlindAgreementAsync(CancellationToken cancellationToken)
        => await GetAsync<BlindAgreement>(ReviewRoutes.BlindAgreement, cancellationToken);

    public async Task<ReviewSummary> SummaryAsync(CancellationToken cancellationToken)
        => await GetAsync<ReviewSummary>(ReviewRoutes.Summary, cancellationToken) ?? throw new HttpRequestException("The curator has no summary.");

    private static string Of(string route, string outcomeId) => route.Replace("{outcomeId}", Uri.EscapeDataString(outcomeId), StringComparison.Ordinal);

    private async Task<T?> GetAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await http.GetAsync(path, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<T>(answer, cancellationToken);
    }

    private async Task<TAnswer?> PostAsync<TRequest, TAnswer>(string path, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var answer = await http.PostAsJsonAsync(path, request, ImddJson.Options, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NoContent ? null : await ReadAsync<TAnswer>(answer, cancellationToken);
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge)
            {
                throw new ReviewRefusedException(Reason(await answer.Content.ReadFromJsonAsync<JsonNode>(ImddJson.Options, cancellationToken)));
            }

            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadFromJsonAsync<T>(ImddJson.Options, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"The curator's answer is not understood: {e.Message}", e, answer.StatusCode);
        }
    }

    private static string Reason(JsonNode? problem)
    {
        var errors = problem?["errors"] is JsonObject fields
            ? fields.SelectMany(field => field.Value is JsonArray messages ? messages.Select(message => $"{field.Key} {message}") : []).ToList()
            : [];
        return errors.Count > 0 ? string.Join(" ", errors) : (string?)problem?["detail"] ?? "The curator refuses it.";
    }
}
