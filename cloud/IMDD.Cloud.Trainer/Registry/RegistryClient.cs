using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Registry;

/// <summary>
/// The model registry's API, as <see cref="RegistryRoutes"/> says. Every method throws <see cref="RunFailedException"/>, which may pass where the
/// registry does not answer, and not where it refuses.
/// </summary>
internal sealed class RegistryClient(IHttpClientFactory http, IOptions<TrainerOptions> options)
{
    /// <summary>Name of the HTTP client, which knows the registry's address.</summary>
    public const string HttpClientName = "registry";

    // Of an answer that is taken into memory; files go to the disk.
    private const int MaxAnswerBytes = 16 << 20;
    private const long MaxFileBytes = 2L << 30;
    private const int BufferBytes = 1 << 16;

    /// <summary>The model with its releases; null where the registry has none of this name.</summary>
    public async Task<ModelView?> ModelAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(client => client.GetAsync(Route(RegistryRoutes.Model), cancellationToken), cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<ModelView>(response, cancellationToken);
    }

    /// <summary>Digest of the champion.</summary>
    public async Task<string> ChampionAsync(CancellationToken cancellationToken)
        => (await ModelAsync(cancellationToken))?.Aliases.GetValueOrDefault(ModelAlias.Champion)
            ?? throw new RunFailedException($"The registry has no champion of {options.Value.Model}: register and promote a first release of it.");

    /// <summary>What the champion can name.</summary>
    public async Task<IReadOnlyList<string>> ChampionClassesAsync(CancellationToken cancellationToken)
        => [.. Manifest(await PayloadAsync(await ChampionAsync(cancellationToken), cancellationToken)).Classes.Select(c => c.Id)];

    /// <summary>What a recipe says; null where the registry does not have it.</summary>
    /// <param name="digest">Its <see cref="RecipeDigest"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Recipe?> RecipeAsync(string digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(client => client.GetAsync(RegistryRoutes.For(RegistryRoutes.Recipe, digest), cancellationToken), cancellationToken);
        var recipe = response.StatusCode == HttpStatusCode.NotFound ? null : (await ReadAsync<RecipeView>(response, cancellationToken)).Recipe;
        return recipe is null || RecipeDigest.Of(recipe) == digest ? recipe : throw new RunFailedException($"The registry's recipe of {digest} has another digest.");
    }

    /// <summary>Downloads a release; the folder appears whole or not at all.</summary>
    public async Task DownloadAsync(string digest, string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var partial = $"{folder}.{Guid.NewGuid():N}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            var payload = await PayloadAsync(digest, cancellationToken);
            foreach (var file in Manifest(payload).Files)
            {
                var path = Path.GetFullPath(Path.Combine(partial, file.Path));
                if (!path.StartsWith(partial + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    throw new RunFailedException($"Release {digest} has the file '{file.Path}', which leaves its folder.");
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await DownloadFileAsync(file, path, cancellationToken);
            }

            await File.WriteAllBytesAsync(Path.Combine(partial, "manifest.json"), payload, cancellationToken);
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another instance was first.
            Directory.Delete(partial, recursive: true);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    /// <summary>Stores the files of a bundle that the registry does not have, and registers it. The same content is registered once.</summary>
    public async Task<ModelVersionView> RegisterAsync(string folder, RegisterModel request, CancellationToken cancellationToken)
    {
        foreach (var file in request.Manifest.Files.DistinctBy(file => file.Sha256))
        {
            await StoreAsync(ContentDigest.Prefix + file.Sha256, Path.Combine(folder, file.Path), cancellationToken);
        }

        return await PostAsync<RegisterModel, ModelVersionView>(RegistryRoutes.Model, request, cancellationToken);
    }

    /// <summary>Stores a file that the registry does not have.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="file">Where it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task StoreAsync(string digest, string file, CancellationToken cancellationToken)
    {
        var address = RegistryRoutes.For(RegistryRoutes.Blob, digest);
        using HttpRequestMessage question = new(HttpMethod.Head, address);
        using var there = await SendAsync(client => client.SendAsync(question, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        if (there.StatusCode != HttpStatusCode.NotFound)
        {
            await CheckAsync(there, cancellationToken);
            return;
        }

        using StreamContent content = new(File.OpenRead(file));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var stored = await SendAsync(client => client.PutAsync(address, content, cancellationToken), cancellationToken);
        await CheckAsync(stored, cancellationToken);
    }

    public Task<RolloutView> PromoteAsync(PromoteModel request, CancellationToken cancellationToken)
        => PostAsync<PromoteModel, RolloutView>(RegistryRoutes.Promote, request, cancellationToken);

    private static BundleManifest Manifest(byte[] payload)
    {
        try
        {
            return ImddJson.Deserialize<BundleManifest>(payload);
        }
        catch (JsonException e)
        {
            throw new RunFailedException($"The registry's manifest cannot be read: {e.Message}", inner: e);
        }
    }

    private async Task<byte[]> PayloadAsync(string digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(client => client.GetAsync(RegistryRoutes.For(RegistryRoutes.Envelope, digest), cancellationToken), cancellationToken);
        await CheckAsync(response, cancellationToken);
        try
        {
            var payload = Convert.FromBase64String(ImddJson.Deserialize<DsseEnvelope>(await response.Content.ReadAsByteArrayAsync(cancellationToken)).Payload);
            return ContentDigest.Of(payload) == digest ? payload : throw new RunFailedException($"The registry's manifest of {digest} has another digest.");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new RunFailedException($"The registry's envelope of {digest} cannot be read: {e.Message}", inner: e);
        }
    }

    private async Task DownloadFileAsync(BundleFile file, string path, CancellationToken cancellationToken)
    {
        if (file.SizeBytes is < 0 or > MaxFileBytes)
        {
            throw new RunFailedException($"The file {file.Path} has {file.SizeBytes} bytes: expected at most {MaxFileBytes}.");
        }

        using var response = await SendAsync(
            client => client.GetAsync(RegistryRoutes.For(RegistryRoutes.Blob, ContentDigest.Prefix + file.Sha256), HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        await CheckAsync(response, cancellationToken);
        try
        {
            await using (var stored = File.Create(path))
            {
                await CopyAsync(response.Content, stored, file, cancellationToken);
            }

            await using var content = File.OpenRead(path);
            if (content.Length != file.SizeBytes || await ContentDigest.OfAsync(content, cancellationToken) != ContentDigest.Prefix + file.Sha256)
            {
                throw new RunFailedException($"The file {file.Path} came with other bytes than its manifest says.", mayPass: true);
            }
        }
        catch (HttpRequestException e)
        {
            throw new RunFailedException($"The file {file.Path} did not come whole: {e.Message}", mayPass: true, e);
        }
    }

    /// <summary>Copies a file as it comes, and no more of it than its manifest says.</summary>
    private static async Task CopyAsync(HttpContent content, FileStream target, BundleFile file, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = await content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[BufferBytes];
            var left = file.SizeBytes;
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                left -= read;
                if (left < 0)
                {
                    throw new RunFailedException($"The file {file.Path} came with more than the {file.SizeBytes} bytes that its manifest says.", mayPass: true);
                }

                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (IOException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    private async Task<TAnswer> PostAsync<TRequest, TAnswer>(string route, TRequest request, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(request, options: ImddJson.Options);
        using var response = await SendAsync(client => client.PostAsync(Route(route), content, cancellationToken), cancellationToken);
        return await ReadAsync<TAnswer>(response, cancellationToken);
    }

    private string Route(string route) => RegistryRoutes.For(route, options.Value.Model);

    private async Task<HttpResponseMessage> SendAsync(Func<HttpClient, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        var client = http.CreateClient(HttpClientName);
        client.MaxResponseContentBufferSize = MaxAnswerBytes;
        try
        {
            return await send(client);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new RunFailedException($"The registry at {client.BaseAddress} answers with too much: {e.Message}", inner: e);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new RunFailedException($"The registry at {client.BaseAddress} does not answer: {e.Message}", mayPass: true, e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await CheckAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<T>(ImddJson.Options, cancellationToken) ?? throw new RunFailedException("The registry has answered nothing.");
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var text = await TextAsync(response.Content, cancellationToken);
            throw new RunFailedException($"The registry refuses ({(int)response.StatusCode}): {Detail(text)}", mayPass: (int)response.StatusCode >= 500);
        }
    }

    /// <summary>What an answer says, or why that is not known. Where a file was asked for, nothing but its head is there yet.</summary>
    private static async Task<string> TextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            return await content.ReadAsStringAsync(cancellationToken);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
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
