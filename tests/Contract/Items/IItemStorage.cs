using Contracts.Items;

namespace Tests.Contract.Items;

/// <summary>One set of stored items, as a contract suite sees it.</summary>
public interface IItemStorage : IDisposable
{
    IItemStore Store { get; }

    /// <summary>Closes it and opens the same data again; ignores the test where nothing is meant to survive.</summary>
    void Reopen();

    /// <summary>Makes the stored counts of transfers by minute wrong, as a defect would.</summary>
    void SpoilMinutesOfTransfers();

    /// <summary>Deletes the stored counts of users by minute, hour and day, and of items by second.</summary>
    void LoseCounts();
}
