using Client.Slices;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Revenue;

/// <summary>The command line's part of revenue.</summary>
internal sealed class RevenueSlice : ClientSlice
{
    public override SliceCheck Check => RevenueCheck.Instance;
}
