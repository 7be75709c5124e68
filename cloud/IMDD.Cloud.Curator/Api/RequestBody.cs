using System.Text.Json;
using IMDD.Cloud.Curator.Labels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Curator.Api;

/// <summary>Reads requests, bounded, and gathers everything that is wrong with who asks.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 4 << 20;

    private const int MaxHolder = 64;

    /// <summary>The request, or null with what is wrong told to <paramref name="problems"/>.</summary>
    public static async Task<T?> ReadAsync<T>(HttpRequest http, LabelProblems problems, CancellationToken cancellationToken)
        where T : ReviewRequest
    {
        T? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync<T>(http.Body, ImddJson.Options, cancellationToken);
        }
        catch (JsonException e)
        {
            problems.Add(e.Path is { Length: > 0 } path && path != "$" ? path.TrimStart('$', '.') : "body", e.Message);
            return null;
        }

        catch (BadHttpRequestException e)
        {
            problems.Add("body", $"cannot be read: {e.Message}");
            return null;
        }

        if (!problems.Require(request is not null, "body", "is null."))
        {
            return null;
        }

        problems.Require(NamePart.IsValid(request!.RaterId), "raterId", $"is not a rater: expected {NamePart.Expected}.");
        problems.Require(
            request.Holder.Length is > 0 and <= MaxHolder && request.Holder.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
            "holder",
            $"is not a holder: expected 1 to {MaxHolder} of a-z, A-Z, 0-9 and '-'.");
        return problems.Any ? null : request;
    }
}
