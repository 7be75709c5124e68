using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Models;

/// <summary>The registry's API, as <see cref="RegistryRoutes"/> says.</summary>
internal sealed class RegistryApi : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
    private readonly HttpClient _client;

    public RegistryApi(Uri registry)
    {
        _client = _services.GetRequiredService<IHttpClientFactory>().CreateClient();
        _client.BaseAddress = registry;

        // A file goes up in one request, however large.
        _client.Timeout = Timeout.InfiniteTimeSpan;
    }

    public Task<List<ModelView>> ModelsAsync(CancellationToken cancellationToken) => GetAsync<List<ModelView>>(RegistryRoutes.Models, cancellationToken);

    public Task<ModelView> ModelAsync(string name, CancellationToken cancellationToken)
        => GetAsync<ModelView>(RegistryRoutes.For(RegistryRoutes.Model, name), cancellationToken);

    public Task<List<AgentRolloutView>> AgentsAsync(CancellationToken cancellationToken) => GetAsync<List<AgentRolloutView>>(RegistryRoutes.Agents, cancellationToken);

    public Task<RolloutView> PromoteAsync(string name, PromoteModel request, CancellationToken cancellationToken)
        => PostAsync<PromoteModel, RolloutView>(RegistryRoutes.For(RegistryRoutes.Promote, name), request, cancellationToken);

    public Task<RolloutView> RollbackAsync(string name, RollbackModel request, CancellationToken cancellationToken)
        => PostAsync<RollbackModel, RolloutView>(RegistryRoutes.For(RegistryRoutes.Rollback, name), request, cancellationToken);

    public Task<ModelVersionView> BlockAsync(string name, BlockModel request, CancellationToken cancellationToken)
        => PostAsync<BlockModel, ModelVersionView>(RegistryRoutes.For(RegistryRoutes.Block, name), request, cancellationToken);

    /// <summary>Stores the files of a bundle that the registry does not have yet, and registers it.</summary>
    /// <exception cref="CommandFailedException">The bundle is not whole, or the registry refuses it.</exception>
    public async Task<ModelVersionView> RegisterAsync(string folder, string? by, long? fencingToken, CancellationToken cancellationToken)
    {
        ModelBundle bundle;
        try
        {
            bundle = ModelBundle.Open(folder);
        }
        catch (ModelBundleException e)
        {
            throw new CommandFailedException($"{folder} is not a bundle: {e.Message}", inner: e);
        }

        foreach (var file in bundle.Manifest.Files.DistinctBy(file => file.Sha256))
        {
            await StoreAsync(bundle, file, cancellationToken);
        }

        return await PostAsync<RegisterModel, ModelVersionView>(
            RegistryRoutes.For(RegistryRoutes.Model, bundle.Manifest.Name), new RegisterModel { Manifest = bundle.Manifest, By = by, FencingToken = fencingToken },
            cancellationToken);
    }

    /// <summary>The digest that a person means.</summary>
    /// <param name="name">Model.</param>
    /// <param name="text">A digest, with or without its prefix, or its first letters; or a release counter.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">It names none, or several.</exception>
    public async Task<string> DigestAsync(string name, string text, CancellationToken cancellationToken)
    {
        var versions = (await ModelAsync(name, cancellationToken)).Versions.Select(version => version.Model).ToList();
        var meant = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var counter) && versions.Exists(model => model.ReleaseCounter == counter)
            ? versions.Where(model => model.ReleaseCounter == counter).ToList()
            : versions.Where(model => model.Digest.StartsWith(text, StringComparison.Ordinal) || model.Digest["sha256:".Length..].StartsWith(text, StringComparison.Ordinal)).ToList();
        return meant is [var one]
            ? one.Digest
            : throw new CommandFailedException($"'{text}' names {meant.Count} releases of {name}: expected one. There are {string.Join(", ", versions.Select(v => $"{v.ReleaseCounter} {v.Digest}"))}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _services.Dispose();
    }

    private async Task StoreAsync(ModelBundle bundle, BundleFile file, CancellationToken cancellationToken)
    {
        var address = RegistryRoutes.For(RegistryRoutes.Blob, "sha256:" + file.Sha256);
        using HttpRequestMessage question = new(HttpMethod.Head, address);
        using (var there = await AskAsync(() => _client.SendAsync(question, cancellationToken)))
        {
            if (there.StatusCode != HttpStatusCode.NotFound)
            {
                await CheckAsync(there, cancellationToken);
                return;
            }
        }

        using ByteArrayContent content = new(bundle.ReadFile(file.Path));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var stored = await AskAsync(() => _client.PutAsync(address, content, cancellationToken));
        await CheckAsync(stored, cancellationToken);
    }

    private async Task<T> GetAsync<T>(string address, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(() => _client.GetAsync(address, cancellationToken));
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<TAnswer> PostAsync<TRequest, TAnswer>(string address, TRequest request, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(request, options: ImddJson.Options);
        using var response = await AskAsync(() => _client.PostAsync(address, content, cancellationToken));
        return await ReadAsync<TAnswer>(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> AskAsync(Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"The registry at {_client.BaseAddress} does not answer: {e.Message} (--registry names another)", inner: e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await CheckAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<T>(ImddJson.Options, cancellationToken) ?? throw new CommandFailedException("The registry has answered nothing.");
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new CommandFailedException($"The registry refuses ({(int)response.StatusCode}): {Detail(text)}");
        }
    }

    private static string Detail(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["detail"]?.GetValue<string>() ?? text;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return text;
        }
    }
}
