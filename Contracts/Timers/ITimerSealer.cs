namespace Contracts.Timers;

/// <summary>Encrypts the sensitive parts of webhooks (<see cref="SensitiveParts"/>): for whoever makes timers.</summary>
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
}
