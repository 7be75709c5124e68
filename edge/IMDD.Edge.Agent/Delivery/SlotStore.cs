using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Hosting;
using IMDD.Storage.Folder;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// The two places for a group's model on disk, and the pointer that says which decides. A release is whole in the slot that is not in use before the
/// pointer moves, and the pointer moves by one rename: whenever the process ends, it comes up on one of the two.
/// </summary>
internal sealed class SlotStore
{
    private const string Folder = "models";
    private const string IncomingFolder = "incoming";
    private const string PointerFile = "slots.json";
    private const string AddressPrefix = "sha256-";

    private readonly Lock _lock = new();
    private readonly string _root;
    private readonly TimeProvider _time;
    private SlotState? _state;

    /// <param name="folder">Everything of its group of cameras.</param>
    /// <param name="delivery">Whether anything is delivered.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">What it says.</param>
    public SlotStore(string folder, DeliveryOptions delivery, TimeProvider time, ILogger<SlotStore> logger)
    {
        _root = Path.Combine(folder, Folder);
        _time = time;

        // Without a registry the configuration alone says what runs, whatever lies here from before.
        _state = delivery.IsOn ? Read(logger) : null;
    }

    /// <summary>Folder of everything that was delivered.</summary>
    public string Root => _root;

    /// <summary>The pointer; null: nothing was ever delivered, or nothing is to be, and the configured bundle decides.</summary>
    public SlotState? State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>The folder of a slot's delivered bundle.</summary>
    public string FolderOf(string slot, string digest) => Path.Combine(_root, slot, AddressOf(digest));

    /// <summary>The folder into which a bundle is fetched, complete or not.</summary>
    public string Incoming(string digest) => Path.Combine(_root, IncomingFolder, AddressOf(digest));

    /// <summary>The folder of parts of a bundle's files.</summary>
    public string Parts(string digest) => Path.Combine(_root, IncomingFolder, "parts-" + AddressOf(digest));

    /// <summary>What agents say of their slots, the one that decides first.</summary>
    public IReadOnlyList<AgentModelSlot>? View()
    {
        if (State is not { } state)
        {
            return null;
        }

        var now = _time.GetUtcNow();
        return [.. state.Slots.OrderBy(slot => slot.Key != state.Active).ThenBy(slot => slot.Key, StringComparer.Ordinal).Select(slot => new AgentModelSlot(
            slot.Key,
            slot.Key == state.Active
                ? state.Trial is null or { IsRecipeAlone: true } ? AgentSlotState.Active : AgentSlotState.Trial
                : slot.Value.HasDecided ? AgentSlotState.Previous : AgentSlotState.Staged,
            slot.Value.Model,
            slot.Value.ExpiresAt <= now))];
    }

    /// <summary>Replaces the pointer; returns when that is durable.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void Write(SlotState state)
    {
        lock (_lock)
        {
            Guard(() =>
            {
                Directory.CreateDirectory(_root);
                var file = Path.Combine(_root, PointerFile);
                var partial = file + ".part";
                using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write))
                {
                    stream.Write(ImddJson.Serialize(state));
                    stream.Flush(flushToDisk: true);
                }

                File.Move(partial, file, overwrite: true);
                DirectorySync.Flush(_root);
            });
            _state = state;
        }
    }

    /// <summary>Moves a bundle that is whole into a slot that does not decide, and says so in the pointer.</summary>
    /// <param name="state">The pointer as it is, or is to be where there is none yet.</param>
    /// <param name="content">What is moved.</param>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void Place(SlotState state, SlotContent content)
    {
        var slot = state.Other();

        // The pointer first lets go of what is about to be deleted.
        var without = state.With(slot, null);
        Write(without);
        Guard(() =>
        {
            var folder = Path.Combine(_root, slot);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.CreateDirectory(folder);
            Directory.Move(Incoming(content.Model.Digest), FolderOf(slot, content.Model.Digest));
            DirectorySync.Flush(folder);
            DirectorySync.Flush(_root);
        });
        Write(without.With(slot, content));
    }

    /// <summary>Deletes what was fetched of other bundles than this.</summary>
    public void Tidy(string digest) => Guard(() =>
    {
        DirectoryInfo incoming = new(Path.Combine(_root, IncomingFolder));
        foreach (var folder in incoming.Exists ? incoming.GetDirectories() : [])
        {
            if (folder.FullName != Incoming(digest) && folder.FullName != Parts(digest))
            {
                folder.Delete(recursive: true);
            }
        }
    });

    /// <summary>Deletes what was fetched of a bundle that is not taken.</summary>
    public void Discard(string digest) => Guard(() =>
    {
        foreach (var folder in new[] { Incoming(digest), Parts(digest) }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    private static string AddressOf(string digest) => ContentDigest.IsValid(digest)
        ? AddressPrefix + digest[ContentDigest.Prefix.Length..]
        : throw new ArgumentException($"'{digest}' is not a digest.", nameof(digest));

    private SlotState? Read(ILogger logger)
    {
        var file = Path.Combine(_root, PointerFile);
        try
        {
            if (!File.Exists(file))
            {
                return null;
            }

            var state = ImddJson.Deserialize<SlotState>(File.ReadAllBytes(file));
            if (new[] { state.Recipe, state.Trial?.Replaced?.Digest }.OfType<string>().FirstOrDefault(digest => !ContentDigest.IsValid(digest)) is { } recipe)
            {
                throw new JsonException($"'{recipe}' is no recipe's digest");
            }

            // Where the configuration's bundle could not be loaded nothing decided, and there was nothing to try beside it.
            return SlotState.Names.Contains(state.Active) && (state.Slots.ContainsKey(state.Active) || state.Trial is null)
                ? state
                : throw new JsonException($"slot '{state.Active}' decides and is not there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // A line without a model is worse than one with the model of its configuration.
            Log.SlotPointerDamaged(logger, file, e.Message);
            return null;
        }
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"model slots {_root}", e.Message, e);
        }
    }
}
