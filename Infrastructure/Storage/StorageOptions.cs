using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Storage;

/// <summary>Where the embedded engines keep their data.</summary>
public sealed class StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>Folder of the data files, created if missing; relative to the working directory. Default <c>data</c>.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; set; } = "data";

    /// <summary>True keeps everything in memory and writes no files. Default false.</summary>
    public bool InMemory { get; set; }
}
