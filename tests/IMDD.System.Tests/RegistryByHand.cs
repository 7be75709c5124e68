using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>The registry's API with nothing but HTTP and JSON.</summary>
internal sealed class RegistryByHand(int port) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Url => _http.BaseAddress!.ToString();

    /// <summary>Waits until it answers and is connected to the broker.</summary>
    public Task ReadyAsync() => Eventually.HoldsAsync(async () =>
    {
        try
        {
            return (await _http.GetAsync("/health/ready", Stop)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, Plant.Patience);

    /// <summary>Registers the shipped graph under another name; the digest of the release.</summary>
    public async Task<string> RegisterAsync(int version)
    {
        var folder = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json"), Stop))!.AsObject();
        (manifest["name"], manifest["version"]) = ("trial", $"1.{version}.0");
        foreach (var file in manifest["files"]!.AsArray())
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, file!["path"]!.GetValue<string>()), Stop);
            var address = $"/blobs/sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
            using HttpRequestMessage question = new(HttpMethod.Head, address);
            if (!(await _http.SendAsync(question, Stop)).IsSuccessStatusCode)
            {
                (await _http.PutAsync(address, new ByteArrayContent(bytes), Stop)).EnsureSuccessStatusCode();
            }
        }

        return (await PostAsync("/api/v1/models/trial", new JsonObject { ["manifest"] = manifest }))["model"]!["digest"]!.GetValue<string>();
    }

    /// <summary>Lets an agent run a release; the rollout's id.</summary>
    public async Task<string> PromoteAsync(string digest, string agent)
        => (await PostAsync("/api/v1/models/trial/promote", new JsonObject { ["digest"] = digest, ["agents"] = new JsonArray(agent) }))["rolloutId"]!.GetValue<string>();

    /// <summary>The last step that the one agent has reported of a rollout; null: none yet.</summary>
    public async Task<string?> StepAsync(string rolloutId)
    {
        var agents = (await _http.GetFromJsonAsync<JsonArray>("/api/v1/agents", Stop))!;
        var step = agents.Single()!["step"];
        return step?["rolloutId"]?.GetValue<string>() == rolloutId ? step["step"]!.GetValue<string>() : null;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> PostAsync(string address, JsonObject request)
    {
        var answer = await _http.PostAsJsonAsync(address, request, JsonSerializerOptions.Web, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
