using System.ComponentModel.DataAnnotations;

namespace Producer.Slices;

/// <summary>What this Producer does, among several.</summary>
public sealed class ProducerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Producer";

    /// <summary>All, Reads or Writes. Default All. Routes that are not served do not exist (404 or 405).</summary>
    [EnumDataType(typeof(ServedRequests))]
    public ServedRequests Serves { get; set; }
}
