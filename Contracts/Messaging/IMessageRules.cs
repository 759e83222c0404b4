namespace Contracts.Messaging;

/// <summary>The rules that a slice's requests obey, for messages that somebody has edited: an edit is no way round them.</summary>
/// <typeparam name="TMessage">The messages.</typeparam>
public interface IMessageRules<in TMessage>
{
    /// <summary>What a request for this message would be refused for.</summary>
    /// <returns>Fields, as paths within the message's JSON, and what is wrong with each; empty if nothing is.</returns>
    IReadOnlyDictionary<string, string[]> FindFaults(TMessage message);
}
