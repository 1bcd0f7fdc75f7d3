import { testAccidents } from './accidents.ts';

testAccidents('fast');
