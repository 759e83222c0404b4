using Client.Slices;
using Infrastructure.Items.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Items;

/// <summary>The command line's part of items.</summary>
internal sealed class ItemsSlice : ClientSlice
{
    public override SliceCheck Check => ItemCheck.Instance;
}
