using Contracts.Devices;

namespace Tests.Contract.Devices;

/// <summary>One set of stored devices, as a contract suite sees it.</summary>
public interface IDeviceStorage : IDisposable
{
    IDeviceStore Store { get; }

    /// <summary>Closes it and opens the same data again; ignores the test where nothing is meant to survive.</summary>
    void Reopen();

    /// <summary>Makes the stored total of a device wrong, as a defect would.</summary>
    void Spoil(string device);
}
