using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Models;

/// <summary>The registry's API, as <see cref="RegistryRoutes"/> says.</summary>
internal sealed class RegistryApi : IDisposable
{
    private const int BufferBytes = 1 << 16;

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

    public Task<ModelVersionView> StopAsync(string name, BlockModel request, CancellationToken cancellationToken)
        => PostAsync<BlockModel, ModelVersionView>(RegistryRoutes.For(RegistryRoutes.Stop, name), request, cancellationToken);

    /// <summary>A page of an audit log.</summary>
    /// <param name="route">Of the registry or of another service.</param>
    /// <param name="after">The sequence before the first entry.</param>
    /// <param name="limit">Most entries.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<AuditPage> AuditAsync(string route, long after, int limit, CancellationToken cancellationToken)
        => GetAsync<AuditPage>(FormattableString.Invariant($"{route}?after={after}&limit={limit}"), cancellationToken);

    /// <summary>The newest root document; null: none was published.</summary>
    public async Task<TrustRootView?> RootAsync(CancellationToken cancellationToken)
    {
        using var response = await AskAsync(() => _client.GetAsync(RegistryRoutes.Root, cancellationToken));
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<TrustRootView>(response, cancellationToken);
    }

    public Task<TrustRootView> PublishRootAsync(PublishRoot request, CancellationToken cancellationToken)
        => PostAsync<PublishRoot, TrustRootView>(RegistryRoutes.Root, request, cancellationToken);

    public Task<List<RolloutProgressView>> RolloutsAsync(CancellationToken cancellationToken)
        => GetAsync<List<RolloutProgressView>>(RegistryRoutes.Rollouts, cancellationToken);

    public Task<RolloutProgressView> RolloutAsync(string id, CancellationToken cancellationToken)
        => GetAsync<RolloutProgressView>(RegistryRoutes.For(RegistryRoutes.Rollout, id), cancellationToken);

    public Task<RolloutProgressView> StartRolloutAsync(string name, StartRollout request, CancellationToken cancellationToken)
        => PostAsync<StartRollout, RolloutProgressView>(RegistryRoutes.For(RegistryRoutes.ModelRollouts, name), request, cancellationToken);

    public Task<List<RecipeView>> RecipesAsync(CancellationToken cancellationToken) => GetAsync<List<RecipeView>>(RegistryRoutes.Recipes, cancellationToken);

    public Task<RecipeView> RecipeAsync(string digest, CancellationToken cancellationToken)
        => GetAsync<RecipeView>(RegistryRoutes.For(RegistryRoutes.Recipe, digest), cancellationToken);

    public Task<RecipeView> RegisterRecipeAsync(RegisterRecipe request, CancellationToken cancellationToken)
        => PostAsync<RegisterRecipe, RecipeView>(RegistryRoutes.Recipes, request, cancellationToken);

    public Task<RecipeAssignment> AssignRecipeAsync(string digest, AssignRecipe request, CancellationToken cancellationToken)
        => PostAsync<AssignRecipe, RecipeAssignment>(RegistryRoutes.For(RegistryRoutes.AssignRecipe, digest), request, cancellationToken);

    public Task<RecipeWithdrawal> WithdrawRecipeAsync(string digest, WithdrawRecipe request, CancellationToken cancellationToken)
        => PostAsync<WithdrawRecipe, RecipeWithdrawal>(RegistryRoutes.For(RegistryRoutes.WithdrawRecipe, digest), request, cancellationToken);

    public Task<RolloutProgressView> StartRecipeRolloutAsync(string digest, StartRecipeRollout request, CancellationToken cancellationToken)
        => PostAsync<StartRecipeRollout, RolloutProgressView>(RegistryRoutes.For(RegistryRoutes.RecipeRollouts, digest), request, cancellationToken);

    /// <summary>The recipe that a person means.</summary>
    /// <param name="text">A digest, with or without its prefix, or its first letters; or an id, such as <c>door-red@4</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">It names none, or several.</exception>
    public async Task<string> RecipeDigestAsync(string text, CancellationToken cancellationToken)
    {
        var recipes = await RecipesAsync(cancellationToken);
        var meant = recipes.Where(recipe => recipe.Id == text || IsBegun(recipe.Digest, text)).ToList();
        return meant is [var one]
            ? one.Digest
            : throw new CommandFailedException($"'{text}' names {meant.Count} recipes: expected one. There are {string.Join(", ", recipes.Select(r => $"{r.Id} {r.Digest}"))}.");
    }

    /// <summary>A person's word on a rollout.</summary>
    /// <param name="address">The route of what is done, with the rollout's id.</param>
    /// <param name="decision">Who, and why.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<RolloutProgressView> DecideAsync(string address, RolloutDecision decision, CancellationToken cancellationToken)
        => PostAsync<RolloutDecision, RolloutProgressView>(address, decision, cancellationToken);

    /// <summary>Fetches a release: its signed manifest, and every file by its content.</summary>
    /// <param name="digest">The release's.</param>
    /// <param name="folder">Becomes the bundle's; must not be there.</param>
    /// <param name="cancellationToken">Ends it; the folder then holds part of the bundle.</param>
    /// <exception cref="CommandFailedException">The registry does not have it, or what it sends is not what the manifest says.</exception>
    public async Task<ModelBundle> FetchAsync(string digest, string folder, CancellationToken cancellationToken)
    {
        var envelope = await BytesAsync(RegistryRoutes.For(RegistryRoutes.Envelope, digest), SignedManifest.MaxEnvelopeBytes, cancellationToken);
        try
        {
            // Who has signed is the agents' to check; here the registry that one has named is believed.
            var signed = SignedManifest.Read(envelope, BundleTrust.Anyone);
            foreach (var file in signed.Manifest.Files)
            {
                var path = Path.Combine(folder, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var bytes = await BytesAsync(RegistryRoutes.For(RegistryRoutes.Blob, ContentDigest.Prefix + file.Sha256), file.SizeBytes, cancellationToken);
                await File.WriteAllBytesAsync(path, bytes, cancellationToken);
            }

            await File.WriteAllBytesAsync(Path.Combine(folder, ModelBundle.ManifestFile), signed.Bytes, cancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(folder, ModelBundle.EnvelopeFile), envelope, cancellationToken);
            return signed.Digest == digest
                ? ModelBundle.Open(folder)
                : throw new CommandFailedException($"The registry has sent the release {signed.Digest}: expected {digest}.");
        }
        catch (ModelBundleException e)
        {
            throw new CommandFailedException($"What the registry has sent as {digest} is not that bundle: {e.Message}", inner: e);
        }
    }

    /// <summary>Stores the files of a bundle that the registry does not have yet, and registers it.</summary>
    /// <param name="folder">The bundle's.</param>
    /// <param name="name">The model that it is a release of; null: what its manifest says.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="fencingToken">Of the trainer's lease; null: by hand.</param>
    /// <param name="gates">Conditions that it had to meet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">The bundle is not whole, or the registry refuses it.</exception>
    public async Task<ModelVersionView> RegisterAsync(
        string folder, string? name, string? by, long? fencingToken, IReadOnlyList<GateResult> gates, CancellationToken cancellationToken)
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

        var manifest = bundle.Manifest with { Name = name ?? bundle.Manifest.Name };
        return await PostAsync<RegisterModel, ModelVersionView>(
            RegistryRoutes.For(RegistryRoutes.Model, manifest.Name), new RegisterModel { Manifest = manifest, By = by, FencingToken = fencingToken, Gates = gates },
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
            : versions.Where(model => IsBegun(model.Digest, text)).ToList();
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

    private static bool IsBegun(string digest, string text)
        => digest.StartsWith(text, StringComparison.Ordinal) || digest[ContentDigest.Prefix.Length..].StartsWith(text, StringComparison.Ordinal);

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

    private async Task<byte[]> BytesAsync(string address, long maxBytes, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(() => _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
        await CheckAsync(response, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using MemoryStream bytes = new();
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > maxBytes)
            {
                throw new CommandFailedException($"The registry sends more than the {maxBytes} bytes that {address} has.");
            }
        }

        return bytes.ToArray();
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
