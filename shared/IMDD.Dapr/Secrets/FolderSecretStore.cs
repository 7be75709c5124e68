namespace IMDD.Dapr.Secrets;

/// <summary>Secrets in a folder, one file each, a line break at the end left off.</summary>
internal sealed class FolderSecretStore(string folder) : ISecretStore
{
    private const int MaxBytes = 1 << 20;

    public string Description => $"the folder {Path.GetFullPath(folder)}";

    public async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        FileInfo file = new(Path.Combine(folder, name));
        if (!file.Exists)
        {
            return null;
        }

        return file.Length <= MaxBytes
            ? (await File.ReadAllTextAsync(file.FullName, cancellationToken)).TrimEnd('\r', '\n')
            : throw new IOException($"{file.FullName} has {file.Length} bytes: expected a secret of at most {MaxBytes}");
    }
}
