using System.CommandLine;
using Client.Sending;
using Client.Slices;
using Client.Tailing;
using ClientLibrary.Sites;
using Infrastructure.Sites.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Sites;

/// <summary>The command line's part of sites.</summary>
internal sealed class SitesSlice : ClientSlice
{
    public override SliceCheck Check => SiteCheck.Instance;

    public override EventFeed Feed { get; } = SiteFeed.Create();

    public override Command CreateTail(TailCommand tail)
    {
        var site = new Argument<string>("site") { Description = "The site's id." };
        return tail.Create(
            new Command("sites", "The numbers of today of a site as they change.") { site },
            (connection, parsed, since, cancellationToken) =>
                new SiteClient(connection).WatchAsync(parsed.GetRequiredValue(site), since, cancellationToken));
    }
}
