"""Has the SDK's model of the operation moved away from the contract?

Readers make an `OperationModel` of each side: of a revision of the contract, of botocore's form of a service model
(`service-2.json`), of Smithy's. One comparer tells where they differ, and what a difference makes of the verdicts.
"""
