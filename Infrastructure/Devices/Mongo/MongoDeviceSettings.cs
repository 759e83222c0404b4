using Contracts.Devices;
using Infrastructure.Storage;
using MongoDB.Bson;

namespace Infrastructure.Devices.Mongo;

/// <summary>What an owner's settings change of a device's document.</summary>
internal static class MongoDeviceSettings
{
    /// <param name="known">The device as it is.</param>
    /// <param name="settings">All of them: those that are missing are removed.</param>
    /// <param name="now">The instant from which a changed watch counts, UTC.</param>
    public static BsonDocument Change(DeviceRecord known, DeviceSettings settings, DateTimeOffset now)
    {
        var (set, unset) = (new BsonDocument(), new BsonDocument());
        Put("label", settings.Name);
        Put("tags", settings.Tags.Count > 0 ? new BsonArray(settings.Tags) : null);
        Put("quietUrl", settings.QuietUrl);
        Put("quietSealed", settings.QuietSealed);
        if (known.Settings.QuietAfter != settings.QuietAfter)
        {
            unset["silentSince"] = string.Empty;
            Put("quietAfter", settings.QuietAfter is { } quiet ? (long)quiet.TotalMilliseconds : null);
            Put("watchAt", settings.QuietAfter is { } after
                ? StoredInstants.ToMilliseconds((known.LastSeenAt > now ? known.LastSeenAt.Value : now) + after)
                : null);
        }

        var change = new BsonDocument();
        if (set.ElementCount > 0)
        {
            change["$set"] = set;
        }

        if (unset.ElementCount > 0)
        {
            change["$unset"] = unset;
        }

        return change;

        void Put(string field, BsonValue? value)
        {
            if (value is null)
            {
                unset[field] = string.Empty;
            }
            else
            {
                set[field] = value;
            }
        }
    }
}
