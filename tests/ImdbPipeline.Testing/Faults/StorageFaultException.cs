namespace ImdbPipeline.Testing.Faults;

/// <summary>What the caller of storage meets in a fatal fault: nothing that any client tries again.</summary>
public sealed class StorageFaultException(string call) : Exception($"fault at {call}");
