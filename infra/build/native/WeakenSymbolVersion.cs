using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a shared library and declares one symbol version that it needs as weak in the copy (ELF64, section SHT_GNU_verneed; layout in the
/// Linux Standard Base, "Symbol Versioning"). Compiled by MSBuild for <c>TorchNative.targets</c>, hence plain C# without a project.
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint SectionOfNeededVersions = 0x6ffffffe;
    private const byte WeakFlag = 2;

    /// <summary>The library as shipped; never written to.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>Where the copy goes.</summary>
    [Required]
    public string MendedCopy { get; set; }

    /// <summary>Name of the version, such as GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        var elf = File.ReadAllBytes(Library);
        if (elf.Length < 64 || BitConverter.ToUInt32(elf, 0) != 0x464c457f || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError("{0} is not a little-endian ELF64 library.", Library);
            return false;
        }

        var weakened = Weaken(elf);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} made weak in {2} place(s)", Path.GetFileName(Library), SymbolVersion, weakened);
        Place(elf);
        return true;
    }

    private int Weaken(byte[] elf)
    {
        var sections = BitConverter.ToInt64(elf, 0x28);
        var sectionSize = BitConverter.ToUInt16(elf, 0x3A);
        var weakened = 0;
        for (var index = 0; index < BitConverter.ToUInt16(elf, 0x3C); index++)
        {
            var section = sections + (long)index * sectionSize;
            if (BitConverter.ToUInt32(elf, (int)section + 4) != SectionOfNeededVersions)
            {
                continue;
            }

            var names = BitConverter.ToInt64(elf, (int)(sections + BitConverter.ToUInt32(elf, (int)section + 40) * sectionSize) + 24);
            var library = BitConverter.ToInt64(elf, (int)section + 24);
            for (uint next = 1; next != 0; library += next)
            {
                weakened += WeakenOfOneLibrary(elf, (int)library, names);
                next = BitConverter.ToUInt32(elf, (int)library + 12);
            }
        }

        return weakened;
    }

    private int WeakenOfOneLibrary(byte[] elf, int library, long names)
    {
        var weakened = 0;
        var version = library + (int)BitConverter.ToUInt32(elf, library + 8);
        for (int left = BitConverter.ToUInt16(elf, library + 2); left > 0; left--)
        {
            if (NameAt(elf, (int)(names + BitConverter.ToUInt32(elf, version + 8))) == SymbolVersion)
            {
                elf[version + 4] |= WeakFlag;
                weakened++;
            }

            version += (int)BitConverter.ToUInt32(elf, version + 12);
        }

        return weakened;
    }

    private static string NameAt(byte[] elf, int start) => Encoding.ASCII.GetString(elf, start, Array.IndexOf(elf, (byte)0, start) - start);

    // Renamed into place: another project's build may be at the same, with the same bytes.
    private void Place(byte[] mended)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(MendedCopy));
        var unfinished = MendedCopy + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(unfinished, mended);
        try
        {
            File.Move(unfinished, MendedCopy);
        }
        catch (IOException) when (File.Exists(MendedCopy))
        {
            File.Delete(unfinished);
        }
    }
}
