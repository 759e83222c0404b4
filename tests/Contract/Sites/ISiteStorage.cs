using Contracts.Common;
using Contracts.Sites;

namespace Tests.Contract.Sites;

/// <summary>One set of stored sites, as a contract suite sees it.</summary>
public interface ISiteStorage : IDisposable
{
    ISiteStore Store { get; }

    IVisitorSalts Salts { get; }

    /// <summary>How many visitors of a day its store counts exactly.</summary>
    int MaxExact => UniqueCounter.MaxExact;

    /// <summary>Closes it and opens the same data again; ignores the test where nothing is meant to survive.</summary>
    void Reopen();

    /// <summary>Makes all stored sums of a site wrong, as a defect would.</summary>
    void Spoil(string site);

    /// <summary>Makes the stored visitors of a site wrong: one is missing, and one is there who was not.</summary>
    void SpoilVisitors(string site, long missing, long added, long day);

    /// <summary>Replaces the stored users of a day by a sketch, however few they are.</summary>
    void Sketch(string site, long day, IReadOnlyList<long> visitors);

    /// <summary>How many keys of visitors are stored, by hour and by day together, and how many sketches.</summary>
    (long Listed, long Sketches) CountVisitors();
}
