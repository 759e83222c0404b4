namespace Contracts.Messaging;

/// <summary>A published message that could not be applied.</summary>
/// <param name="Index">Its place in the publication, from 0.</param>
/// <param name="Reason">Why it could not be applied, in words for people.</param>
/// <param name="DeadLetter">The id under which it is kept.</param>
public sealed record RejectedMessage(int Index, string Reason, string DeadLetter);
