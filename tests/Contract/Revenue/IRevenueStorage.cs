using Contracts.Revenue;

namespace Tests.Contract.Revenue;

/// <summary>One set of stored revenue, as a contract suite sees it.</summary>
public interface IRevenueStorage : IDisposable
{
    IRevenueStore Store { get; }

    /// <summary>Of the same store, which is told to keep one.</summary>
    IRevenueArchive Archive { get; }

    /// <summary>Closes it and opens the same data again; ignores the test where nothing is meant to survive.</summary>
    void Reopen();

    /// <summary>Makes the stored balances of a user wrong, as a defect would.</summary>
    void SpoilBalances(string user);

    /// <summary>Makes the stored sums of a user by time wrong.</summary>
    void SpoilSums(string user);

    /// <summary>Makes the stored sums of all users by time wrong.</summary>
    void SpoilSumsOfAll();
}
