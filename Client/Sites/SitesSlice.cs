using Client.Slices;
using Infrastructure.Sites.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Sites;

/// <summary>The command line's part of sites.</summary>
internal sealed class SitesSlice : ClientSlice
{
    public override SliceCheck Check => SiteCheck.Instance;
}
