"""Errors: names of `tf.errors`, as the errors of Python that nabi raises, and the numbers of their kinds."""

InvalidArgumentError, NotFoundError, AlreadyExistsError = ValueError, FileNotFoundError, FileExistsError
OutOfRangeError, ResourceExhaustedError, UnimplementedError = StopIteration, MemoryError, NotImplementedError
PermissionDeniedError = UnauthenticatedError = PermissionError
DeadlineExceededError, UnavailableError, DataLossError = TimeoutError, ConnectionError, OSError
AbortedError = CancelledError = FailedPreconditionError = InternalError = UnknownError = RuntimeError
OperatorNotAllowedInGraphError = TypeError
OpError = Exception
(OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED,
 FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED) = range(17)

__all__ = ["ABORTED", "ALREADY_EXISTS", "AbortedError", "AlreadyExistsError", "CANCELLED", "CancelledError", "DATA_LOSS",
           "DEADLINE_EXCEEDED", "DataLossError", "DeadlineExceededError", "FAILED_PRECONDITION", "FailedPreconditionError",
           "INTERNAL", "INVALID_ARGUMENT", "InternalError", "InvalidArgumentError", "NOT_FOUND", "NotFoundError", "OK",
           "OUT_OF_RANGE", "OpError", "OperatorNotAllowedInGraphError", "OutOfRangeError", "PERMISSION_DENIED",
           "PermissionDeniedError", "RESOURCE_EXHAUSTED", "ResourceExhaustedError", "UNAUTHENTICATED", "UNAVAILABLE",
           "UNIMPLEMENTED", "UNKNOWN", "UnauthenticatedError", "UnavailableError", "UnimplementedError", "UnknownError"]
