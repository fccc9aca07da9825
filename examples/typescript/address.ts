/** Where the examples find the server. */
export const ADDRESS = process.env['WAYBILL_ADDRESS'] ?? '127.0.0.1:50043';
