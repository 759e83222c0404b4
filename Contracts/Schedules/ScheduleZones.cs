using NodaTime;
using NodaTime.TimeZones;

namespace Contracts.Schedules;

/// <summary>
/// The IANA time zone database that schedules are derived with: the one in the program, not the machine's, so that every process of a
/// release has the same, also in an image without zone files, and its version can be told.
/// </summary>
public sealed class ScheduleZones
{
    private const int MaxNameLength = 64;

    private readonly TzdbDateTimeZoneSource source;
    private readonly DateTimeZoneCache zones;

    private ScheduleZones(TzdbDateTimeZoneSource source)
    {
        this.source = source;
        zones = new DateTimeZoneCache(source);
    }

    /// <summary>The database of this release.</summary>
    public static ScheduleZones Embedded { get; } = new(TzdbDateTimeZoneSource.Default);

    /// <summary>Its version, such as 2026a.</summary>
    public string Version => source.TzdbVersion;

    /// <summary>The names of all zones, aliases among them.</summary>
    public IReadOnlyCollection<string> Names => zones.Ids;

    /// <summary>Another version.</summary>
    /// <param name="database">NodaTime's compiled form of one (.nzd).</param>
    public static ScheduleZones Read(Stream database) => new(TzdbDateTimeZoneSource.FromStream(database));

    /// <returns>Null for an unknown name.</returns>
    internal DateTimeZone? Find(string name) => zones.Ids.Contains(name) ? zones.GetZoneOrNull(name) : null;

    /// <summary>Why a name is not known, and which was meant.</summary>
    internal string Refuse(string name)
    {
        const string Form = "must be an IANA time zone such as Europe/Berlin";
        if (name.Length > MaxNameLength)
        {
            return Form;
        }

        if (name is ['+' or '-', ..] or ['U', 'T', 'C', '+' or '-', ..])
        {
            return $"{Form}; '{name}' is an offset and knows no daylight saving";
        }

        var likely = name.Trim().Replace(' ', '_');
        var meant = zones.Ids.FirstOrDefault(id => id.Equals(likely, StringComparison.OrdinalIgnoreCase))
            ?? (source.WindowsMapping.PrimaryMapping.TryGetValue(name, out var primary) ? primary : null)
            ?? zones.Ids.FirstOrDefault(id => likely.Length > 2 && id.EndsWith($"/{likely}", StringComparison.OrdinalIgnoreCase));
        return meant is null ? $"{Form}; '{name}' is not known" : $"{Form}; '{name}' is not known: {meant} would be";
    }
}
