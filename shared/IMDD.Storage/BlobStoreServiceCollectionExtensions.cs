using IMDD.Storage.Azure;
using IMDD.Storage.Folder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Storage;

/// <summary>Adds the blob store.</summary>
public static class BlobStoreServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IBlobStore"/> by section <see cref="BlobStoreOptions.Section"/>.</summary>
    public static IServiceCollection AddBlobStore(this IServiceCollection services)
    {
        services.AddOptions<BlobStoreOptions>().BindConfiguration(BlobStoreOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<BlobStoreOptions>, BlobStoreOptionsValidator>();
        services.AddSingleton<IBlobStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<BlobStoreOptions>>().Value;
            return options.Kind switch
            {
                BlobStoreKind.Folder => new FolderBlobStore(options.Directory, options.PublicBaseUri),
                BlobStoreKind.Azure => new AzureBlobStore(options),
                _ => throw new InvalidOperationException($"Blob store kind '{options.Kind}' is not handled."),
            };
        });
        return services;
    }
}
