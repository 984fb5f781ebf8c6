namespace ImdbPipeline.Testing.Faults;

/// <summary>Thrown to the caller by a fatal fault; no client retries it.</summary>
public sealed class StorageFaultException(string call) : Exception($"fault at {call}");
