namespace Contracts.Timers;

/// <summary>Encrypts and decrypts the sensitive parts of webhooks (<see cref="SensitiveParts"/>): for whoever makes timers.</summary>
public interface ITimerSealer
{
    /// <summary>The spec to publish or store.</summary>
    /// <param name="tenant">The timer's tenant.</param>
    /// <param name="key">The timer's key: in another one's row it cannot be decrypted.</param>
    /// <param name="spec">With its sensitive parts, nothing of it encrypted.</param>
    /// <returns>
    /// The same spec if it has none, or if several processes share the store and there is no key; then only answers have masks.
    /// </returns>
    /// <exception cref="Storage.StoreUnavailableException">Embedded: the first key that is needed cannot be written.</exception>
    TimerSpec Seal(string tenant, Guid key, TimerSpec spec);

    /// <summary>The spec with its sensitive parts, for whoever keeps one and makes timers of it.</summary>
    /// <param name="tenant">The tenant that it was encrypted for.</param>
    /// <param name="key">The key that it was encrypted for.</param>
    /// <param name="spec">As it is stored.</param>
    /// <returns>Null if they cannot be decrypted: the key is lost, or somebody has moved them to another row or another receiver.</returns>
    TimerSpec? Open(string tenant, Guid key, TimerSpec spec);
}
